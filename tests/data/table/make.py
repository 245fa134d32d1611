#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make.py: writes the Parquet files of this folder with pyarrow, and beside each what it holds, by pyarrow's own reader, as NAME.json; and text
compressed with zstd and gzip: 3,000 rows `i,w<i mod 10>`, as CSV and as JSON lines.

    python3 -m venv V && V/bin/pip install pyarrow==21.0.0 && V/bin/python tests/data/table/make.py

Cells are the texts that tests/unit/table/parquet_test.cpp makes of values: integers and floats as they are (floats by repr), times as counts of
their unit since 1970, lists as JSON, null for no value; `wide` has those that are shown as text, decimals and integers beyond 64 bits."""
import datetime
import decimal
import json
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

FOLDER = pathlib.Path(__file__).resolve().parent
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def leaves(name, array):
    """The columns of one: a member of a struct is a column of its own."""
    if not pa.types.is_struct(array.type):
        return [(name, array)]
    array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    found = []
    for index, field in enumerate(array.type):
        found += leaves(f"{name}.{field.name}", array.flatten()[index])
    return found


def type_of(kind):
    if pa.types.is_dictionary(kind):
        return type_of(kind.value_type)
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_uint64(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "real"
    if pa.types.is_integer(kind):
        return "integer"
    if pa.types.is_date(kind):
        return "date"
    if pa.types.is_timestamp(kind):
        return "timestamp"
    return "text"


def cell(value, kind):
    if value is None:
        return None
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_boolean(kind):
        return "true" if value else "false"
    if pa.types.is_float16(kind) or pa.types.is_float32(kind) or pa.types.is_float64(kind):
        return repr(float(value)).removesuffix(".0")
    if pa.types.is_date(kind):
        return str((value - datetime.date(1970, 1, 1)).days)
    if pa.types.is_list(kind):
        return json.dumps(value, separators=(",", ":"))
    if pa.types.is_binary(kind):
        return "".join(chr(byte) if 0x20 <= byte < 0x7f and chr(byte) not in "\"'\\" else f"\\x{byte:02X}" for byte in value)
    return format(value, "f") if pa.types.is_decimal(kind) else str(value)


def column(name, array):
    kind = array.type
    if pa.types.is_timestamp(kind):  # read in microseconds at least; Python's times end there
        if kind.unit in ("s", "ms"):
            kind = pa.timestamp("us", kind.tz)
            array = array.cast(kind)
        values = [None if value is None else str(value) for value in array.cast(pa.int64()).to_pylist()]
    else:
        values = [cell(value, kind) for value in array.to_pylist()]
    entry = {"name": name, "type": type_of(kind), "cells": values}
    if pa.types.is_timestamp(kind):
        entry["unit"] = kind.unit
    if pa.types.is_decimal(kind) or pa.types.is_uint64(kind):
        entry["wide"] = True
    return entry


def write(name, table, **options):
    path = FOLDER / f"{name}.parquet"
    pq.write_table(table, path, **options)
    read = pq.read_table(path)
    columns = []
    for field in read.schema:
        columns += [column(*leaf) for leaf in leaves(field.name, read[field.name])]
    assert pq.ParquetFile(path).metadata.num_rows == read.num_rows
    text = json.dumps({"rows": read.num_rows, "row_groups": pq.ParquetFile(path).metadata.num_row_groups, "columns": columns}, indent=1)
    path.with_suffix(".json").write_text(text + "\n")


def primitive():
    nan, inf = float("nan"), float("inf")
    return pa.table({
        "flag": pa.array([True, False, None, True]),
        "i8": pa.array([-128, 127, None, 0], pa.int8()),
        "i16": pa.array([-32768, 32767, None, 0], pa.int16()),
        "i32": pa.array([-2**31, 2**31 - 1, None, 0], pa.int32()),
        "i64": pa.array([-2**63, 2**63 - 1, None, 2**53 + 1], pa.int64()),
        "u8": pa.array([0, 255, None, 1], pa.uint8()),
        "u16": pa.array([0, 65535, None, 1], pa.uint16()),
        "u32": pa.array([0, 2**32 - 1, None, 1], pa.uint32()),
        "u64": pa.array([0, 2**64 - 1, None, 1], pa.uint64()),
        "f32": pa.array([0.5, -2.25, None, nan], pa.float32()),
        "f64": pa.array([0.1, 1.7976931348623157e308, None, -inf], pa.float64()),
        "text": pa.array(["", "caf\u00e9", None, "a\nb,\"c\""]),
        "large_text": pa.array(["x", "y" * 40, None, ""], pa.large_string()),
        "bytes": pa.array([b"", b"\x00\xffA", None, b"text"], pa.binary()),
        "day": pa.array([datetime.date(1969, 12, 31), datetime.date(2024, 2, 29), None, datetime.date(1970, 1, 1)], pa.date32()),
        "category": pa.array(["red", "green", None, "red"]).dictionary_encode(),
    })


def times():
    zone = datetime.timezone(datetime.timedelta(hours=2))
    local = [datetime.datetime(1969, 12, 31, 23, 59, 59, 999000), datetime.datetime(2024, 2, 29, 12, 0, 0, 123456), None]
    aware = [None if value is None else value.replace(tzinfo=zone) for value in local]
    whole = [None if value is None else value.replace(microsecond=value.microsecond // 1000 * 1000) for value in local]
    return pa.table({
        "ms": pa.array(whole, pa.timestamp("ms")),
        "us": pa.array(local, pa.timestamp("us")),
        "ns": pa.array([-1, 1709208000123456789, None], pa.int64()).cast(pa.timestamp("ns")),
        "us_utc": pa.array(aware, pa.timestamp("us", "UTC")),
        "us_berlin": pa.array(aware, pa.timestamp("us", "Europe/Berlin")),
    })


def decimals():
    make = decimal.Decimal
    return pa.table({
        "d9": pa.array([make("1.25"), make("-9999999.99"), None], pa.decimal128(9, 2)),
        "d18": pa.array([make("0.000000001"), make("123456789.123456789"), None], pa.decimal128(18, 9)),
        "d38": pa.array([make("12345678901234567890123456789.123456789"), make("-1.000000001"), None], pa.decimal128(38, 9)),
    })


def nested():
    point = pa.struct([("x", pa.int32()), ("deep", pa.struct([("y", pa.string())]))])
    return pa.table({
        "id": pa.array([1, 2, 3]),
        "point": pa.array([{"x": 1, "deep": {"y": "a"}}, {"x": None, "deep": None}, None], point),
        "tags": pa.array([["a", "b"], [], None], pa.list_(pa.string())),
        "matrix": pa.array([[[1, 2], [3]], [[]], None], pa.list_(pa.list_(pa.int64()))),
    })


def many(rows=1000):
    return pa.table({"n": pa.array(range(rows)), "word": pa.array([None if i % 7 == 0 else f"w{i % 10}" for i in range(rows)])})


def packed():
    rows = [(i, f"w{i % 10}") for i in range(3000)]
    csv = "n,word\n" + "".join(f"{n},{word}\n" for n, word in rows)
    lines = "".join(json.dumps({"n": n, "word": word}) + "\n" for n, word in rows)
    for name, text in (("packed.csv", csv), ("packed.jsonl", lines)):
        for codec, suffix in (("zstd", "zst"), ("gzip", "gz")):
            (FOLDER / f"{name}.{suffix}").write_bytes(pa.Codec(codec).compress(text.encode(), asbytes=True))


def main():
    packed()
    write("primitive", primitive())
    write("required", primitive().slice(0, 2).cast(pa.schema([field.with_nullable(False) for field in primitive().schema])))
    write("times", times(), version="2.6")
    write("decimals", decimals())
    write("nested", nested())
    write("empty", primitive().slice(0, 0))
    write("row_groups", many(60), row_group_size=17)
    for codec in ("none", "snappy", "gzip", "zstd"):
        write(f"codec_{codec}", many(40), compression=codec)
    write("pages_v2", many(60), data_page_version="2.0", data_page_size=64, use_dictionary=False, compression="zstd")
    write("plain", many(40), use_dictionary=False)
    write("delta", many(40), use_dictionary=False, column_encoding={"n": "DELTA_BINARY_PACKED", "word": "DELTA_BYTE_ARRAY"})


if __name__ == "__main__":
    main()

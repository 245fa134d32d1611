# SPDX-License-Identifier: Apache-2.0
"""tracking_peer.py PEER COUNT [KEY]: logs COUNT values of one metric with a peer, in the current folder.

Says 'ready' once the library is loaded and its run is there, waits for a line, and then prints the seconds from the first value until
all are on disk: neither start nor import counts. With KEY, several processes log into one run, whose id is in the file `run`.
"""
import os
import pathlib
import sys
import time

FIRST_TIME_MS = 1_700_000_000_000


def values(count):
    return ((step, 1 / (step + 1)) for step in range(count))


def wait_for_start():
    print("ready", flush=True)
    sys.stdin.readline()
    return time.monotonic()


def tensorboardx(count, _):
    from tensorboardX import SummaryWriter
    writer = SummaryWriter("events")
    start = wait_for_start()
    for step, value in values(count):
        writer.add_scalar("loss", value, step)
    writer.close()
    return start


def mlflow_run():
    import mlflow
    mlflow.set_tracking_uri(f"sqlite:///{os.getcwd()}/mlflow.db")
    client = mlflow.MlflowClient()
    known = pathlib.Path("run")
    if not known.exists():
        known.write_text(client.create_run(client.create_experiment("bench")).info.run_id)
    return client, known.read_text()


def mlflow(count, key):
    client, run = mlflow_run()
    start = wait_for_start()
    for step, value in values(count):
        client.log_metric(run, key, value, step=step)
    return start


def mlflow_batch(count, key):
    from mlflow.entities import Metric
    client, run = mlflow_run()
    start = wait_for_start()
    batch = []
    for step, value in values(count):
        batch.append(Metric(key, value, FIRST_TIME_MS + step, step))
        if len(batch) == 1000 or step == count - 1:  # it takes no more at once
            client.log_batch(run, metrics=batch)
            batch = []
    return start


def wandb(count, _):
    os.environ |= {"WANDB_MODE": "offline", "WANDB_SILENT": "true"}
    import wandb
    run = wandb.init(project="bench", settings=wandb.Settings(console="off"))
    start = wait_for_start()
    for step, value in values(count):
        run.log({"loss": value}, step=step)
    run.finish()
    return start


def aim(count, _):
    import aim
    run = aim.Run(repo=os.getcwd(), system_tracking_interval=None, log_system_params=False)
    start = wait_for_start()
    for step, value in values(count):
        run.track(value, name="loss", step=step)
    run.close()
    return start


PEERS = {"tensorboardx": tensorboardx, "mlflow": mlflow, "mlflow-batch": mlflow_batch, "wandb": wandb, "aim": aim}


def main():
    _, peer, count, *key = sys.argv
    start = PEERS[peer](int(count), key[0] if key else "loss")
    print(f"{time.monotonic() - start:.6f}", flush=True)


if __name__ == "__main__":
    main()

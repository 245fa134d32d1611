// SPDX-License-Identifier: Apache-2.0
#include "connection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mlo/table/errors.hpp>
#include <mlo/util/text.hpp>

namespace mlo::table {
namespace {

struct StatementsEnd {
    const Api& api;
    duckdb_extracted_statements handle = nullptr;
    ~StatementsEnd() { api.destroy_extracted(&handle); }
};

}  // namespace

std::string sql_name(std::string_view name) {
    std::string result = "\"";
    for (const char c : name) result += c == '"' ? std::string{"\"\""} : std::string(1, c);
    return result + '"';
}

std::string sql_text(std::string_view text) {
    std::string result = "'";
    for (const char c : text) {
        // The engine's parser ends a statement at NUL.
        if (c == '\0')
            result += "' || chr(0) || '";
        else
            result += c == '\'' ? std::string{"''"} : std::string(1, c);
    }
    return result + '\'';
}

Database::Database(std::shared_ptr<const Engine> engine, const Settings& settings, const Runtime& runtime)
    : engine_{std::move(engine)}, runtime_{runtime}, memory_bytes_{settings.memory_bytes} {
    duckdb_config config = nullptr;
    if (api().create_config(&config) != DuckDBSuccess)
        throw Error{errors::query_too_large, "there is no memory left for the table engine"};
    const auto set = [&](const char* name, const std::string& value) {
        if (api().set_config(config, name, value.c_str()) != DuckDBSuccess) {
            api().destroy_config(&config);
            throw Error{errors::engine_failed, fmt::format("the table engine has no setting {}", quoted(name))};
        }
    };
    set("autoload_known_extensions", "false");
    set("autoinstall_known_extensions", "false");
    set("allow_community_extensions", "false");
    set("threads", std::to_string(settings.threads));
    set("memory_limit", fmt::format("{} KiB", std::max<std::uint64_t>(settings.memory_bytes / 1024, 1)));
    set("temp_directory", settings.spill_folder);
    set("extension_directory", settings.spill_folder);
    set("secret_directory", settings.spill_folder);
    set("allow_persistent_secrets", "false");
    char* reason = nullptr;
    const auto state = api().open_ext(nullptr, &handle_, config, &reason);
    api().destroy_config(&config);
    if (state != DuckDBSuccess) {
        const std::string text = reason == nullptr ? "" : reason;
        api().free(reason);
        throw Error{errors::engine_failed, "the table engine does not start"}.note(printable(text));
    }
    std::string paths;
    for (const auto& path : settings.readable) paths += (paths.empty() ? "" : ", ") + sql_text(path);
    Connection connection{*this};
    add_guard_functions(connection);
    connection.run("SET allowed_paths = [" + paths + "]");
    connection.run("SET TimeZone = 'UTC'");
    connection.run("SET enable_progress_bar = true");
    connection.run("SET enable_progress_bar_print = false");
    connection.run("SET enable_external_access = false");
    connection.run("SET lock_configuration = true");
}

Database::~Database() { api().close(&handle_); }

Connection::Connection(Database& database) : database_{database} {
    if (api().connect(database.handle(), &handle_) != DuckDBSuccess)
        throw Error{errors::engine_failed, "the table engine takes no connection"};
    on_stop_.emplace(database.runtime().stop, [this] { this->api().interrupt(handle_); });
}

Connection::~Connection() {
    on_stop_.reset();
    api().disconnect(&handle_);
}

void Connection::query(const std::string& sql, ResultEnd& answer) {
    if (api().query(handle_, sql.c_str(), &answer.result) != DuckDBSuccess)
        throw_failure(api().result_error_type(&answer.result), api().result_error(&answer.result), Author::mlo,
                      database_.names, database_.runtime());
}

void Connection::run(const std::string& sql) {
    ResultEnd end{api()};
    query(sql, end);
}

std::vector<std::vector<std::optional<std::string>>> Connection::rows(const std::string& sql) {
    ResultEnd end{api()};
    query(sql, end);
    std::vector<ColumnType> columns(api().column_count(&end.result));
    std::vector<std::vector<std::optional<std::string>>> all;
    while (void* const handle = api().fetch_chunk(end.result)) {
        const Chunk chunk{api(), handle, 0, columns};
        for (std::size_t row = 0; row < chunk.rows(); ++row) {
            auto& cells = all.emplace_back();
            for (const auto& column : chunk.columns())
                cells.push_back(column.is_valid(row) ? std::optional<std::string>{column.texts()[row].view()}
                                                     : std::nullopt);
        }
    }
    return all;
}

std::uint64_t Connection::count(const std::string& sql) {
    const auto answer = rows("SELECT CAST(n AS VARCHAR) FROM (" + sql + ") AS q(n)");
    MLO_ASSERT(answer.size() == 1 && answer[0][0]);
    return std::stoull(*answer[0][0]);
}

Prepared::Prepared(Connection& connection, std::string_view sql, Author author) : api_{connection.api()} {
    StatementsEnd statements{api_};
    auto& database = connection.database();
    const std::string text{sql};
    if (text.find('\0') != text.npos) throw Error{errors::sql_wrong, "the query has a NUL byte in it"};
    const auto count = api_.extract_statements(connection.handle(), text.c_str(), &statements.handle);
    if (count == 0) {
        const char* const reason = api_.extract_statements_error(statements.handle);
        if (reason == nullptr) throw Error{errors::sql_wrong, "the query is empty"}.hint("SELECT * FROM t");
        throw_failure(DUCKDB_ERROR_PARSER, reason, author, database.names, database.runtime());
    }
    if (count > 1) throw Error{errors::sql_refused, "one statement is run at a time"}.hint("leave one SELECT of them");
    const auto state = api_.prepare_extracted_statement(connection.handle(), statements.handle, 0, &handle_);
    if (state != DuckDBSuccess) {
        const std::string reason = api_.prepare_error(handle_);
        api_.destroy_prepare(&handle_);
        const auto is_refusal = reason.starts_with("Permission Error") || reason.starts_with("Invalid Configuration");
        throw_failure(is_refusal ? DUCKDB_ERROR_PERMISSION : DUCKDB_ERROR_BINDER, reason, author, database.names,
                      database.runtime());
    }
}

Prepared::~Prepared() { api_.destroy_prepare(&handle_); }

Cursor::Impl::Impl(Database& database, CursorPlan plan)
    : plan_{std::move(plan)}, connection_{database}, pending_{connection_.api()}, result_{connection_.api()} {
    if (plan_.inputs != nullptr)
        for (const auto& file : *plan_.inputs) total_bytes_ += file.status.size;
    begin();
}

/// The engine works in steps, between which a wish to stop is heard and progress is told.
void Cursor::Impl::begin() {
    const auto& api = connection_.api();
    auto& database = connection_.database();
    const auto& runtime = database.runtime();
    progress_ = runtime.progress.begin("reading", ProgressUnit::bytes);
    progress_->expect(total_bytes_);
    prepared_ = std::make_unique<Prepared>(connection_, plan_.sql, plan_.author);
    if (api.pending_prepared_streaming(prepared_->handle(), &pending_.handle) != DuckDBSuccess)
        fail(DUCKDB_ERROR_INVALID, api.pending_error(pending_.handle));
    for (;;) {
        // Only the engine may end what its threads work at: it is told again, as a wish from before it began is lost.
        if (runtime.stop.stop_requested()) api.interrupt(connection_.handle());
        const auto state = api.pending_execute_task(pending_.handle);
        if (state == DUCKDB_PENDING_ERROR) fail(DUCKDB_ERROR_INVALID, api.pending_error(pending_.handle));
        tell_progress();
        if (api.pending_execution_is_finished(state) || state == DUCKDB_PENDING_RESULT_READY) break;
        // The other threads have all the work there is.
        if (state == DUCKDB_PENDING_NO_TASKS_AVAILABLE) runtime.clock.sleep(std::chrono::milliseconds{1}, runtime.stop);
    }
    if (api.execute_pending(pending_.handle, &result_.result) != DuckDBSuccess)
        fail(DUCKDB_ERROR_INVALID, api.result_error(&result_.result));
}

void Cursor::Impl::fail(duckdb_error_type type, const char* reason) {
    constexpr std::size_t many = 500;
    check_inputs();
    auto& database = connection_.database();
    try {
        throw_failure(type, reason == nullptr ? "" : reason, plan_.author, database.names, database.runtime());
    } catch (Error& error) {
        if (error.code().id == errors::query_too_large.id && plan_.columns.size() >= many)
            error.note(
                fmt::format("{} columns are read at once, and each takes some 200 KiB: ask for fewer of them with "
                            "'--columns', or by name in SQL",
                            format_count(plan_.columns.size())));
        throw;
    }
}

void Cursor::Impl::tell_progress() {
    const auto share = connection_.api().query_progress(connection_.handle()).percentage;
    if (!(share > 0)) return;
    const auto done = static_cast<std::uint64_t>(share / 100 * static_cast<double>(total_bytes_));
    if (done <= told_bytes_ || done > total_bytes_) return;
    progress_->advance(done - told_bytes_);
    told_bytes_ = done;
}

void Cursor::Impl::check_inputs() {
    if (plan_.inputs != nullptr) check_unchanged(*plan_.inputs);
}

bool Cursor::Impl::next(Chunk& chunk) {
    const std::lock_guard lock{mutex_};
    const auto& api = connection_.api();
    auto& database = connection_.database();
    while (!is_over_) {
        database.runtime().check_stop();
        void* const handle = api.fetch_chunk(result_.result);
        tell_progress();
        if (handle == nullptr) {
            is_over_ = true;
            const char* const reason = api.result_error(&result_.result);
            if (reason != nullptr && *reason != '\0') fail(api.result_error_type(&result_.result), reason);
            check_inputs();
            break;
        }
        chunk = Chunk{api, handle, row_, plan_.columns};
        row_ += chunk.rows();
        if (chunk.rows() > 0) return true;
    }
    return false;
}

Cursor::Cursor(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}
Cursor::~Cursor() = default;
Cursor::Cursor(Cursor&&) noexcept = default;
Cursor& Cursor::operator=(Cursor&&) noexcept = default;
const std::vector<ColumnType>& Cursor::columns() const noexcept { return impl_->columns(); }
bool Cursor::next(Chunk& chunk) { return impl_->next(chunk); }

}  // namespace mlo::table

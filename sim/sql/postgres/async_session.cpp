#include "sim/sql/postgres/async_session.h"

#include <libpq-fe.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <utility>

#include "sim/sql/postgres/postgres_error.h"

namespace splitproof::sim {
namespace {

using ResultHandle = std::unique_ptr<PGresult, void (*)(PGresult*)>;

ResultHandle owned(PGresult* result) { return {result, &PQclear}; }

std::string field_of(const PGresult* result, int field) {
  const char* const text = PQresultErrorField(result, field);
  return text != nullptr ? text : "";
}

// libpq prints tables to files only, so it prints into one in memory.
std::string table_of(const PGresult* result) {
  char* memory = nullptr;
  std::size_t size = 0;
  FILE* const file = ::open_memstream(&memory, &size);
  if (file == nullptr) throw std::bad_alloc();
  char separator[] = "|";
  PQprintOpt form{};
  form.header = 1;
  form.align = 1;
  form.fieldSep = separator;
  PQprint(file, result, &form);
  std::fclose(file);
  std::string table(memory, size);
  std::free(memory);
  return table;
}

std::vector<std::vector<std::string>> cells_of(const PGresult* result) {
  std::vector<std::vector<std::string>> rows(static_cast<std::size_t>(PQntuples(result)));
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (int column = 0; column < PQnfields(result); ++column) {
      rows[row].emplace_back(PQgetvalue(result, static_cast<int>(row), column));
    }
  }
  return rows;
}

AsyncResult error_of(const PGresult* result) {
  AsyncResult error;
  error.kind = AsyncResult::Kind::error;
  const std::string severity = field_of(result, PG_DIAG_SEVERITY);
  const std::string primary = field_of(result, PG_DIAG_MESSAGE_PRIMARY);
  error.message = PQresultErrorMessage(result);
  error.text = severity.empty() || primary.empty() ? error.message : severity + ":  " + primary;
  error.sqlstate = field_of(result, PG_DIAG_SQLSTATE);
  return error;
}

}  // namespace

struct AsyncSession::State {
  State(PGconn* opened, NoticeSink sink) : connection(opened), notices(std::move(sink)) {}
  ~State() { PQfinish(connection); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  AsyncResult translate(const PGresult* result) const;

  PGconn* connection;
  NoticeSink notices;
};

AsyncResult AsyncSession::State::translate(const PGresult* result) const {
  const ExecStatusType status = PQresultStatus(result);
  AsyncResult answer;
  switch (status) {
    case PGRES_COMMAND_OK:
    case PGRES_EMPTY_QUERY:
      return answer;
    case PGRES_TUPLES_OK:
      answer.kind = AsyncResult::Kind::rows;
      answer.text = table_of(result);
      answer.cells = cells_of(result);
      return answer;
    case PGRES_FATAL_ERROR:
      return error_of(result);
    case PGRES_COPY_IN:
      // Nobody has data to give; unanswered, the server would wait for them for ever.
      PQputCopyEnd(connection, "a step has no data to copy");
      break;
    case PGRES_COPY_OUT:
      for (char* row = nullptr; PQgetCopyData(connection, &row, 0) > 0;) PQfreemem(row);
      break;
    default:
      break;
  }
  answer.kind = AsyncResult::Kind::foreign;
  answer.text = PQresStatus(status);
  return answer;
}

Answer<std::unique_ptr<AsyncSession>> AsyncSession::connect(const std::string& connection,
                                                            const std::string& fallback_name,
                                                            NoticeSink notices) {
  const std::array<const char*, 3> names{"dbname", "fallback_application_name", nullptr};
  const std::array<const char*, 3> values{connection.c_str(), fallback_name.c_str(), nullptr};
  PGconn* const opened = PQconnectdbParams(names.data(), values.data(), 1);
  auto state = std::make_unique<State>(opened, std::move(notices));
  if (PQstatus(opened) != CONNECTION_OK) {
    return postgres_error("08001", message_for_people(PQerrorMessage(opened)));
  }
  const auto forward = [](void* owner, const char* text) {
    const State& listening = *static_cast<State*>(owner);
    if (listening.notices) listening.notices(text);
  };
  PQsetNoticeProcessor(opened, forward, state.get());
  return std::unique_ptr<AsyncSession>(new AsyncSession(std::move(state)));
}

AsyncSession::AsyncSession(std::unique_ptr<State> state) : state_(std::move(state)) {}

AsyncSession::~AsyncSession() = default;

int AsyncSession::backend_pid() const { return PQbackendPID(state_->connection); }

bool AsyncSession::send(const std::string& text) {
  return PQsendQuery(state_->connection, text.c_str()) == 1;
}

Status AsyncSession::prepare(const std::string& name, const std::string& text) {
  const ResultHandle result =
      owned(PQprepare(state_->connection, name.c_str(), text.c_str(), 0, nullptr));
  if (PQresultStatus(result.get()) == PGRES_COMMAND_OK) return Done{};
  return postgres_error(field_of(result.get(), PG_DIAG_SQLSTATE),
                        message_for_people(PQresultErrorMessage(result.get())));
}

bool AsyncSession::send_prepared(const std::string& name,
                                 const std::vector<std::string>& parameters) {
  std::vector<const char*> values;
  for (const std::string& parameter : parameters) values.push_back(parameter.c_str());
  return PQsendQueryPrepared(state_->connection, name.c_str(), static_cast<int>(values.size()),
                             values.data(), nullptr, nullptr, 0) == 1;
}

bool AsyncSession::is_busy() const { return PQisBusy(state_->connection) == 1; }

bool AsyncSession::consume() { return PQconsumeInput(state_->connection) == 1; }

bool AsyncSession::wait(std::chrono::microseconds time) const {
  pollfd socket{PQsocket(state_->connection), POLLIN, 0};
  // Of a lost connection there is nothing to wait for; the answer says that it is lost.
  if (socket.fd < 0) return true;
  constexpr std::int64_t million = 1'000'000;
  const timespec limit{time.count() / million, time.count() % million * 1000};
  return ::ppoll(&socket, 1, &limit, nullptr) > 0;
}

bool AsyncSession::is_hung_up() const {
  char sign = 0;
  const ssize_t size = ::recv(PQsocket(state_->connection), &sign, 1, MSG_PEEK | MSG_DONTWAIT);
  return size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR);
}

std::optional<AsyncResult> AsyncSession::next_result() {
  const ResultHandle result = owned(PQgetResult(state_->connection));
  if (!result) return std::nullopt;
  return state_->translate(result.get());
}

std::optional<AsyncNotification> AsyncSession::next_notification() {
  const std::unique_ptr<PGnotify, void (*)(void*)> told(PQnotifies(state_->connection), &PQfreemem);
  if (!told) return std::nullopt;
  return AsyncNotification{told->be_pid, told->relname, told->extra};
}

std::string AsyncSession::cancel() {
  const std::unique_ptr<PGcancel, void (*)(PGcancel*)> key(PQgetCancel(state_->connection),
                                                           &PQfreeCancel);
  if (!key) return "the connection is lost\n";
  std::array<char, 256> reason{};
  if (PQcancel(key.get(), reason.data(), static_cast<int>(reason.size())) == 1) return "";
  return std::string(reason.data()) + "\n";
}

bool AsyncSession::is_open() const { return PQstatus(state_->connection) == CONNECTION_OK; }

bool AsyncSession::is_in_transaction() const {
  const PGTransactionStatusType status = PQtransactionStatus(state_->connection);
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

std::string AsyncSession::trouble() const { return PQerrorMessage(state_->connection); }

}  // namespace splitproof::sim

// What the messages that matter say, and the few messages that the harness sends itself.
//
// A reader answers nothing for a body that is not what its letter promises; whoever asked then
// passes the message on as it is and lets the server refuse it. (PostgreSQL 15, section 55.7.)
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace splitproof::harness {

// A client's first message.
struct FirstMessage {
  enum class Kind { session, ssl, gss, cancel, other };
  Kind kind = Kind::other;
  std::map<std::string, std::string> parameters;  // Of a session: user, database, …
  std::uint32_t process = 0;                      // Of a cancellation: whose, and its secret.
  std::uint32_t secret = 0;
};

struct QueryMessage {
  std::string sql;
};

struct BindMessage {
  std::string portal;
  std::string statement;
  // As text where they came as text, else in hexadecimal, "\\x002a"; none is NULL.
  std::vector<std::optional<std::string>> parameters;
};

// Of a prepared statement or of a portal.
struct CloseMessage {
  char what = 'S';  // 'S' or 'P'.
  std::string name;
};

struct BackendKey {
  std::uint32_t process = 0;
  std::uint32_t secret = 0;
};

// ErrorResponse and NoticeResponse.
struct ServerWords {
  std::string severity;  // Not translated: "ERROR", "FATAL"; else as it came.
  std::string code;      // SQLSTATE.
  std::string message;
};

// All take the body.
std::optional<FirstMessage> read_first(std::string_view body);
std::optional<QueryMessage> read_query(std::string_view body);
std::optional<BindMessage> read_bind(std::string_view body);
std::optional<CloseMessage> read_close(std::string_view body);
std::optional<BackendKey> read_backend_key(std::string_view body);
std::optional<ServerWords> read_server_words(std::string_view body);
// DataRow, of a query of our own: texts; none is NULL.
std::optional<std::vector<std::optional<std::string>>> read_row(std::string_view body);
// The tag of CommandComplete, "INSERT 0 1".
std::optional<std::string> read_tag(std::string_view body);
// ReadyForQuery: 'I' outside of a transaction, 'T' in one, 'E' in one that has failed.
std::optional<char> read_status(std::string_view body);

// Whole messages, as on the wire.
std::string write_query(std::string_view sql);
// Parses, binds and executes the SQL under this name; neither a Sync nor a Flush.
std::string write_extended(const std::string& name, std::string_view sql);
std::string write_sync();
std::string write_flush();
std::string write_terminate();
std::string write_error(const ServerWords& words);
std::string write_cancel(const BackendKey& key);

// The one byte that refuses SSL or GSSAPI encryption; the client then goes on without.
constexpr char encryption_refused = 'N';

}  // namespace splitproof::harness

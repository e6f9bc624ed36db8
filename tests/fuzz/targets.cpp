#include "tests/fuzz/targets.h"

#include <cstdio>
#include <cstdlib>

#include "harness/plan/plan.h"
#include "harness/predict/sql_reading.h"
#include "harness/run/scenario_file.h"
#include "harness/spec/spec_parser.h"
#include "harness/wire/exchange.h"
#include "reports/json.h"
#include "sim/sql/statement.h"
#include "sim/sql/word_scanner.h"

namespace splitproof::tests {

namespace {

void promise(bool kept, const char* what) {
  if (kept) return;
  std::fprintf(stderr, "a promise is broken: %s\n", what);
  std::abort();
}

// The first byte says who sends, and in which portions the rest arrives.
void read_wire(std::string_view bytes) {
  if (bytes.empty()) return;
  const auto first = static_cast<unsigned char>(bytes.front());
  bytes.remove_prefix(1);
  const bool by_client = (first & 1U) != 0;
  harness::MessageCutter cutter(by_client ? harness::WireSide::client : harness::WireSide::server);
  if ((first & 2U) != 0) cutter.letters_begin();
  harness::Exchange exchange;
  std::vector<harness::WireAnswer> ended;
  const std::size_t portion = 1 + (first >> 2U);
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += portion) {
    cutter.feed(bytes.substr(at, portion));
    while (const std::optional<harness::Piece> piece = cutter.next()) {
      out += piece->bytes;
      promise(piece->begins || piece->letter != harness::no_letter, "who goes on has begun");
      if (by_client && piece->letter == harness::no_letter) {
        const auto message = harness::read_first(piece->body());
        const bool begins = message && message->kind == harness::FirstMessage::Kind::session;
        if (begins) cutter.letters_begin();
      } else if (by_client) {
        exchange.client(*piece);
        exchange.client({'S', std::string_view("S\0\0\0\4", 5), 5, true, true});
      } else {
        exchange.server(*piece, ended);
      }
    }
  }
  promise(bytes.starts_with(out), "bytes come out as they went in");
  promise(!cutter.failure().empty() || out.size() + cutter.held_back() == bytes.size(),
          "no byte is lost");
}

void read_plan(std::string_view bytes) {
  const auto plan = harness::parse_plan(bytes);
  if (!plan.ok()) return;
  const std::string text = to_string(plan.value());
  const auto again = harness::parse_plan(text);
  promise(again.ok() && to_string(again.value()) == text, "a plan is read as it is written");
}

void read_spec(std::string_view bytes) {
  const auto spec = harness::parse_isolation_spec(std::string(bytes), "a.spec");
  promise(spec.ok() || to_string(spec.error()).starts_with("a.spec:"), "a mistake has its place");
}

void read_scenario(std::string_view bytes) {
  const auto scenario = harness::read_scenario_text(std::string(bytes), "a.yaml", ".");
  promise(scenario.ok() || to_string(scenario.error()).starts_with("a.yaml:"),
          "a mistake has its place");
}

void read_report(std::string_view bytes) {
  static_cast<void>(reports::check_digest(bytes));
  static_cast<void>(reports::parse_report(bytes));
}

void read_sql(std::string_view bytes) {
  const sim::Statement statement{std::string(bytes)};
  static_cast<void>(to_string(statement.kind()));
  promise(statement.name().size() <= bytes.size() + 60, "a name is short");
  sim::WordScanner words(statement.text());
  std::size_t count = 0;
  while (!words.next().empty()) promise(++count <= bytes.size(), "words end");
  for (const harness::SqlReading& one : harness::read_sql(bytes)) {
    promise(!one.text.empty() && one.text.data() >= bytes.data() &&
                one.text.data() + one.text.size() <= bytes.data() + bytes.size(),
            "a statement is a part of its text");
  }
}

}  // namespace

const std::vector<FuzzTarget>& fuzz_targets() {
  static const std::vector<FuzzTarget> targets{{"wire", read_wire},     {"plan", read_plan},
                                               {"spec", read_spec},     {"scenario", read_scenario},
                                               {"report", read_report}, {"sql", read_sql}};
  return targets;
}

}  // namespace splitproof::tests

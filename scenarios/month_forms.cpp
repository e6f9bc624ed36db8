#include "scenarios/month_forms.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "scenarios/mutants/forms.h"
#include "scenarios/mutants/month_end.h"
#include "sim/aggregator/aggregator.h"

namespace splitproof::scenarios {

using harness::Operation;
using harness::OperationSpec;
using sim::Client;

Forms aggregate_forms(const OperationSpec&, Arguments& arguments) {
  const sim::Month month = arguments.month("month");
  const sim::Day today = arguments.day("today");
  return {
      {"transactional",
       always([=](Client& client) { return sim::aggregate_month(client, month, today); })},
      {"autocommit",
       always([=](Client& client) { return autocommit::aggregate_month(client, month, today); })},
      {"sequential-upserts",
       always([=](Client& client) { return sequential_upserts(client, month, today); })},
      {"month-border-off-by-one", always([=](Client& client) {
         return aggregate_month_border_off_by_one(client, month, today);
       })},
      {"tracks-outside",
       always([=](Client& client) { return track_outside(client, month, today); })},
      {"sums-twice", always([=](Client& client) { return sum_up_twice(client, month, today); })},
      {"sums-twice-read-committed", always([=](Client& client) {
         return sum_up_twice(client, month, today, sim::Isolation::read_committed);
       })},
      {"remembers-too-early", [=]() -> Operation {
         return [memory = RemembersTooEarly(), month, today](Client& client) mutable {
           return memory(client, month, today);
         };
       }}};
}

Forms close_month_forms(const OperationSpec& spec, Arguments& arguments) {
  const std::filesystem::path folder = std::filesystem::path(spec.place.file).parent_path();
  const std::string path = (folder / arguments.text("file")).string();
  const std::string reference = arguments.text("reference");
  const sim::Month month = arguments.month("month");
  const sim::Day today = arguments.day("today");
  std::ifstream file(path);
  if (!file) throw Refused{fmt::format("the file {} cannot be opened", path)};
  auto read = sim::read_reservations_csv(file, path);
  if (!read.ok()) throw Refused{sim::to_string(read.error())};
  const std::vector<sim::Reservation> reservations = std::move(read).value();
  return {{"transactional", always([=](Client& client) {
             return sim::close_month(client, reference, reservations, month, today);
           })},
          {"utc-day", always([=](Client& client) {
             return close_month_by_utc_day(client, reference, reservations, month, today);
           })},
          {"border-off-by-one", always([=](Client& client) {
             return close_month_border_off_by_one(client, reference, reservations, month, today);
           })}};
}

Forms finish_month_forms(const OperationSpec&, Arguments& arguments) {
  const MonthEnd end{arguments.month("month"), arguments.day("today"), arguments.text("account"),
                     arguments.money("fee")};
  const auto in = [&end](sim::Isolation isolation) {
    return always(
        [end, isolation](Client& client) { return finish_month(client, end, isolation); });
  };
  return {{"transactional", in(sim::Isolation::serializable)},
          {"read-committed", in(sim::Isolation::read_committed)},
          {"looks-first",
           always([end](Client& client) { return finish_month_looking_first(client, end); })}};
}

Forms retention_forms(const OperationSpec&, Arguments& arguments) {
  const sim::Day today = arguments.day("today");
  return {{"transactional",
           always([=](Client& client) { return sim::apply_retention(client, today); })},
          {"deletes-untracked",
           always([=](Client& client) { return delete_untracked(client, today); })}};
}

}  // namespace splitproof::scenarios

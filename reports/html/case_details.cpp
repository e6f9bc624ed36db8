#include "reports/case_text.h"
#include "reports/html/details.h"

namespace splitproof::reports {

namespace {

class CaseDetails {
 public:
  CaseDetails(StringTable& strings, JsonText& json) : strings_(strings), json_(json) {}

  void write(const harness::CaseVerdict& verdict) {
    json_.begin_object();
    sweeps(verdict.sweeps);
    if (verdict.schedules) schedules(*verdict.schedules);
    if (verdict.storage) storage(*verdict.storage);
    json_.key("observers");
    json_.begin_list();
    for (const harness::ObserverCount& one : verdict.observers) {
      row([&] { text(one.kind), number(one.seen), number(one.not_observable); });
    }
    json_.end_list();
    json_.key("careful");
    json_.texts_in(strings_, verdict.compared_with_care);
    foresight(verdict);
    json_.key("grid");
    json_.begin_list();
    if (verdict.grid) {
      for (const harness::GridPart& part : verdict.grid->parts) grid(part);
    }
    json_.end_list();
    json_.end_object();
  }

 private:
  void text(std::string_view value) { json_.text_in(strings_, value); }
  void number(std::int64_t value) { json_.number(value); }

  template <class Write>
  void row(const Write& write) {
    json_.begin_list();
    write();
    json_.end_list();
  }

  void sweeps(const std::vector<harness::SweepAccount>& sweeps) {
    json_.key("sweeps");
    json_.begin_list();
    for (const harness::SweepAccount& one : sweeps) {
      row([&] {
        text(one.fault), text(one.mode), text(one.phase);
        number(one.planned), number(one.fired), json_.flag(one.closed);
        text(one.open_because);
      });
    }
    json_.end_list();
  }

  void schedules(const harness::ScheduleCount& one) {
    json_.key("schedules");
    json_.begin_object();
    json_.key("strategy"), text(one.strategy);
    json_.key("explored"), number(one.explored);
    json_.key("classes"), number(one.classes);
    json_.key("of"), number(one.of);
    json_.key("pruned"), number(one.pruned);
    json_.key("complete"), json_.flag(one.complete);
    json_.key("depth"), number(one.depth);
    json_.key("miss_bound"), text(one.miss_bound);
    json_.key("shows"), text(one.shows);
    json_.key("left"), text(one.left);
    json_.end_object();
  }

  void storage(const harness::StorageCount& one) {
    json_.key("storage");
    json_.begin_object();
    json_.key("journal"), text(one.journal);
    json_.key("synchronous"), text(one.synchronous);
    json_.key("disk"), text(one.persona);
    json_.key("moments"), number(one.moments);
    json_.key("images"), number(one.images);
    json_.key("equal"), number(one.equal);
    json_.key("in_recovery"), number(one.in_recovery);
    json_.key("sampled"), number(one.sampled);
    json_.key("moments_of"), number(one.moments_of);
    json_.key("unsynced_max"), number(one.unsynced_max);
    json_.key("losses");
    json_.begin_list();
    for (const harness::ContractLoss& loss : one.losses) {
      row([&] { text(loss.clause), number(loss.runs), text(loss.plan); });
    }
    json_.end_list();
    json_.end_object();
  }

  void foresight(const harness::CaseVerdict& verdict) {
    json_.key("predictions");
    json_.begin_list();
    for (const harness::Prediction& one : verdict.predictions) {
      row([&] {
        text(std::string(1, one.client)), number(one.statement), text(one.kind);
        text(one.because), json_.flag(one.confirmed), text(one.finding);
      });
    }
    json_.end_list();
    json_.key("ambiguities");
    json_.begin_list();
    for (const harness::Ambiguity& one : verdict.ambiguities) {
      row([&] {
        text(one.plan), text(one.transaction), text(one.told), text(one.held);
        text(one.known_by), number(one.runs);
      });
    }
    json_.end_list();
  }

  void grid(const harness::GridPart& part) {
    json_.begin_object();
    json_.key("phase"), text(part.phase);
    json_.key("rows");
    json_.begin_list();
    for (const harness::GridRow& one : part.rows) {
      row([&] {
        text(one.client), number(one.statement), json_.flag(one.retry), text(one.name);
        text(one.sql), text(one.session);
      });
    }
    json_.end_list();
    json_.key("columns");
    json_.begin_list();
    for (const harness::GridColumn& one : part.columns) {
      row([&] { text(one.fault), text(one.mode), text(one.words); });
    }
    json_.end_list();
    json_.key("cells");
    json_.begin_list();
    for (const harness::GridCell& one : part.cells) cell(one);
    json_.end_list();
    json_.end_object();
  }

  // Most cells say nothing but their result.
  void cell(const harness::GridCell& one) {
    using harness::GridResult;
    const bool is_empty =
        one.result == GridResult::cannot_occur || one.result == GridResult::not_tried;
    row([&] {
      text(harness::to_string(one.result));
      if (is_empty) return;
      number(one.runs), number(one.worst), text(one.plan);
      if (one.oracles.empty()) return;
      json_.texts_in(strings_, one.oracles);
      text(one.finding);
    });
  }

  StringTable& strings_;
  JsonText& json_;
};

}  // namespace

void write_details(const harness::CaseVerdict& verdict, StringTable& strings, JsonText& json) {
  CaseDetails(strings, json).write(verdict);
}

}  // namespace splitproof::reports

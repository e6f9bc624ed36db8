// Reports of documented cases, checked by the program as its users do: with a database, without
// one, after somebody has changed them; and the real incident's rows, looked up.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <regex>

#include "harness/verify/derivation.h"
#include "reports/digest.h"
#include "reports/json.h"
#include "reports/ledger.h"
#include "reports/manifest.h"
#include "reports/opened_report.h"
#include "tests/scenarios/support.h"

namespace splitproof::tests {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// One report of the cases that this file is about, for all of its tests.
const ScratchFolder& reported() {
  static const ScratchFolder folder;
  static const Ended ended =
      splitproof({"run", "august-september-split", "lost-update", "--out", "report"}, folder);
  EXPECT_EQ(ended.status.code, 0) << ended.out << ended.err;
  return folder;
}

// A copy of that report, to be spoilt.
class Checked : public testing::Test {
 protected:
  Checked() { fs::copy(reported() / "report", report_, fs::copy_options::recursive); }

  Ended verify(Texts more = {}) const {
    Texts words{"verify", "report"};
    words.insert(words.end(), more.begin(), more.end());
    return splitproof(words, folder_);
  }

  reports::OpenedReport opened() const {
    return std::get<reports::OpenedReport>(reports::open_report(report_));
  }

  // MANIFEST as somebody would compute it anew who has changed a file.
  void compute_manifest_anew() const {
    std::vector<reports::ManifestFile> files =
        reports::parse_manifest(read_file(report_ + "/MANIFEST")).files;
    for (reports::ManifestFile& file : files) {
      file.hash = reports::sha256_of(read_file(report_ + "/" + file.path));
    }
    write_file(report_ + "/MANIFEST", reports::render_manifest(files));
  }

  ScratchFolder folder_;
  std::string report_ = folder_ / "report";
};

TEST_F(Checked, IsConfirmedWithAndWithoutADatabase) {
  const Ended again = verify({"--sample", "2"});
  EXPECT_EQ(again.status.code, 0) << again.out << again.err;
  EXPECT_THAT(again.out, AllOf(HasSubstr("each file is as it was when the report was written"),
                               HasSubstr("lost-update / autocommit on sqlite"),
                               HasSubstr("12 cases confirmed"), HasSubstr("run again")));
  const Ended offline = verify({"--offline"});
  EXPECT_EQ(offline.status.code, 0) << offline.out << offline.err;
  EXPECT_THAT(offline.out,
              AllOf(HasSubstr("12 cases confirmed"),
                    HasSubstr("not checked: what the database answered to the invariants "
                              "no-month-is-split")));
}

TEST_F(Checked, HasTheRootThatTheRunPrinted) {
  const Ended ended =
      splitproof({"run", "balance-transfer", "--variant", "autocommit", "--out", "other"}, folder_);
  const std::string words = "manifest: ";
  const std::size_t at = ended.out.rfind(words);
  ASSERT_NE(at, std::string::npos);
  std::string root = ended.out.substr(at + words.size());
  root.pop_back();
  EXPECT_EQ(splitproof({"verify", "other", "--offline", "--root", root}, folder_).status.code, 0);
  root.back() = root.back() == '0' ? '1' : '0';
  EXPECT_EQ(splitproof({"verify", "other", "--offline", "--root", root}, folder_).status.code, 1);
}

TEST_F(Checked, NamesAFlippedOutcomeThoughEverythingWasComputedAnew) {
  reports::OpenedReport report = opened();
  for (harness::LedgerEntry& entry : report.ledger) {
    if (entry.purpose != "sweep" || entry.told.front() != "aborted") continue;
    entry.told.front() = "committed";
    break;
  }
  write_file(report_ + "/ledger.jsonl", reports::render_ledger(report.ledger));
  compute_manifest_anew();
  const Ended ended = verify({"--offline"});
  EXPECT_EQ(ended.status.code, 1) << ended.out;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("each file is as it was"),
                               HasSubstr("august-september-split / transactional on sqlite"),
                               HasSubstr("differs"), HasSubstr("the sweep run of")));
}

TEST_F(Checked, NamesAFindingThatDoesNotComeAgain) {
  std::string text = read_file(report_ + "/report.json");
  harness::RunVerdict run = opened().verdict;
  for (harness::CaseVerdict& verdict : run.cases) {
    for (harness::Finding& finding : verdict.findings) {
      if (finding.oracle == "told-equals-held") finding.plan = "clean";
    }
  }
  std::ostringstream out;
  reports::JsonRenderer().render(run, out);
  write_file(report_ + "/report.json", out.str());
  const Ended ended = verify({"--sample", "0"});
  EXPECT_EQ(ended.status.code, 1);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("CHANGED  report.json"),
                               HasSubstr("does not break told-equals-held any more")));
}

// The folder's own scenarios are run, not those that lie elsewhere.
TEST_F(Checked, RunsTheScenariosOfTheFolder) {
  const std::string file = report_ + "/evidence/scenarios/lost-update.yaml";
  std::string text = read_file(file);
  const std::string start = "VALUES ('visits', 100)";
  ASSERT_NE(text.find(start), std::string::npos);
  text.replace(text.find(start), start.size(), "VALUES ('visits', 700)");
  write_file(file, text);
  const Ended ended = verify();
  EXPECT_EQ(ended.status.code, 1);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("another state is held"),
                               HasSubstr("CHANGED  evidence/scenarios/lost-update.yaml")));
}

TEST_F(Checked, OfAnOlderProgramOpensAndSaysWhatItLacks) {
  for (const char* const name : {"MANIFEST", "evidence.jsonl", "environment.json", "evidence"}) {
    fs::remove_all(report_ + "/" + name);
  }
  EXPECT_EQ(splitproof({"report", "report"}, folder_).status.code, 0);
  const Ended offline = verify({"--offline"});
  EXPECT_EQ(offline.status.code, 2) << offline.out;
  EXPECT_THAT(offline.out, AllOf(HasSubstr("lacks    MANIFEST"), HasSubstr("lacks    evidence"),
                                 HasSubstr("cannot be derived")));
  const Ended again = verify({"--sample", "1"});
  EXPECT_EQ(again.status.code, 2) << again.out;
  EXPECT_THAT(again.out, HasSubstr("the report does not say by which line the case is run"));
}

TEST_F(Checked, IsSignedByWhoeverHasTheKey) {
  const std::string key = folder_ / "key";
  const std::string make = "ssh-keygen -q -t ed25519 -N '' -C test -f '" + key + "'";
  ASSERT_EQ(std::system(make.c_str()), 0);
  EXPECT_EQ(splitproof({"run", "balance-transfer", "--variant", "autocommit", "--out", "signed",
                        "--sign", "key"},
                       folder_)
                .status.code,
            0);
  write_file(folder_ / "signers",
             "ci@example.com namespaces=\"splitproof\" " + read_file(key + ".pub"));
  const Texts check{"verify", "signed", "--offline", "--signers", "signers"};
  const Ended good = splitproof(check, folder_);
  EXPECT_EQ(good.status.code, 0) << good.out << good.err;
  EXPECT_THAT(good.out, HasSubstr("signed by ci@example.com"));
  write_file(folder_ / "signed/MANIFEST", read_file(folder_ / "signed/MANIFEST") + "\n");
  EXPECT_THAT(splitproof(check, folder_).out, HasSubstr("its signature does not fit"));
  write_file(folder_ / "signers", "");
  EXPECT_THAT(splitproof(check, folder_).out, HasSubstr("its signature is of nobody"));
  fs::remove(folder_ / "signed/MANIFEST.sig");
  EXPECT_THAT(splitproof(check, folder_).out, HasSubstr("CHANGED  MANIFEST.sig"));
}

// As it was: every client's August had campaign metrics and no conversions. The clients and amounts
// are none of the scenario's.
TEST_F(Checked, ExplainsTheRealIncident) {
  std::string rows =
      "client_id,platform,month,total_spend_minor,total_clicks,reservations,"
      "reservation_value_minor\n";
  for (const char* const client : {"grand", "palace", "royal"}) {
    for (const char* const platform : {"google", "meta"}) {
      rows += std::string(client) + "," + platform + ",2025-08,120050,431,,\n";
    }
  }
  write_file(folder_ / "bad.csv", rows);
  const Ended ended =
      splitproof({"explain", "--out", "report", "--table", "campaign_summaries=bad.csv"}, folder_);
  EXPECT_EQ(ended.status.code, 0) << ended.err;
  const std::size_t first = ended.out.find("1. august-september-split");
  ASSERT_NE(first, std::string::npos) << ended.out;
  EXPECT_THAT(ended.out.substr(first, ended.out.find("2. ", first) - first),
              AllOf(HasSubstr("the same damage"),
                    HasSubstr("'save conversion metrics' of '1 September: aggregate August'")));
  const std::size_t out_of_question = ended.out.find("Ruled out");
  ASSERT_NE(out_of_question, std::string::npos) << ended.out;
  EXPECT_THAT(ended.out.substr(out_of_question), HasSubstr("lost update (P4)"));
  EXPECT_THAT(ended.out.substr(0, out_of_question), Not(HasSubstr("lost update")));
}

// The scenario's own clients and the amounts of its months are in no file of the folder, and what
// is equal can still be judged by those who do not know them.
TEST_F(Checked, HidesColumnsAndCanBeJudgedAgainAllTheSame) {
  EXPECT_EQ(splitproof({"run", "august-september-split", "--redact", "client_id", "--redact",
                        "campaign_summaries.total_spend_minor", "--out", "masked"},
                       folder_)
                .status.code,
            0);
  EXPECT_FALSE(fs::exists(folder_ / "masked/evidence"));
  EXPECT_THAT(read_file(report_ + "/evidence.jsonl"),
              AllOf(HasSubstr("\"c04\""), HasSubstr("c16")));
  for (const auto& file : fs::recursive_directory_iterator(folder_ / "masked")) {
    if (!file.is_regular_file()) continue;
    const std::string text = read_file(file.path().string());
    for (const char* const client : {"c04", "c16"}) {
      EXPECT_FALSE(std::regex_search(text, std::regex(std::string("\\b") + client + "\\b")))
          << client << " in " << file.path();
    }
  }
  const std::string evidence = read_file(folder_ / "masked/evidence.jsonl");
  EXPECT_THAT(evidence, AllOf(HasSubstr("‹client_id 16›"), Not(HasSubstr("‹client_id 17›")),
                              HasSubstr("‹campaign_summaries.total_spend_minor ")));
  const Ended offline = splitproof({"verify", "masked", "--offline"}, folder_);
  EXPECT_EQ(offline.status.code, 0) << offline.out;
}

TEST_F(Checked, IsNotWrittenWhereAColumnToHideIsUnknown) {
  const Ended ended =
      splitproof({"run", "lost-update", "--redact", "nmae", "--out", "unwritten"}, folder_);
  EXPECT_EQ(ended.status.code, 3);
  EXPECT_THAT(ended.err, AllOf(HasSubstr("'nmae'"), HasSubstr("did you mean 'name'?")));
  EXPECT_FALSE(fs::exists(folder_ / "unwritten/report.json"));
}

TEST_F(Checked, IsComparedWithAnother) {
  const Ended same = splitproof({"report", "report", "--compare", "report"}, folder_);
  EXPECT_EQ(same.status.code, 0) << same.out;
  EXPECT_THAT(same.out, HasSubstr("12 cases are alike, 0 not"));
  EXPECT_EQ(splitproof({"run", "lost-update", "--out", "less"}, folder_).status.code, 0);
  const Ended less = splitproof({"report", "less", "--compare", "report"}, folder_);
  EXPECT_EQ(less.status.code, 2) << less.out;
  EXPECT_THAT(less.out, HasSubstr("is not in the newer report"));
  EXPECT_EQ(splitproof({"report", "less", "--compare", "nowhere"}, folder_).status.code, 3);
}

TEST_F(Checked, HasItsPageWrittenOutsideOfItsFolder) {
  const Ended written = splitproof({"report", "report", "--html", "page.html"}, folder_);
  EXPECT_EQ(written.status.code, 0) << written.err;
  EXPECT_EQ(read_file(folder_ / "page.html"), read_file(folder_ / "report/report.html"));
  const Ended nowhere = splitproof({"report", "report", "--html", "nowhere/page.html"}, folder_);
  EXPECT_EQ(nowhere.status.code, 3);
  EXPECT_THAT(nowhere.err, HasSubstr("expected a file in a folder that exists"));
  const Ended inside = splitproof({"report", "report", "--html", "report/report.html"}, folder_);
  EXPECT_EQ(inside.status.code, 3);
  EXPECT_THAT(inside.err, HasSubstr("expected a file outside of it"));
}

// The evidence of a seed is the same, whatever runs beside it.
TEST_F(Checked, IsTheSameForOneJobAndForTwo) {
  for (const char* const jobs : {"1", "2"}) {
    EXPECT_EQ(
        splitproof({"run", "lost-update", "--jobs", jobs, "--out", jobs}, folder_).status.code, 0);
  }
  for (const char* const name : {"/report.json", "/ledger.jsonl", "/evidence.jsonl"}) {
    EXPECT_EQ(read_file(folder_ / "1" + name), read_file(folder_ / "2" + name)) << name;
  }
}

}  // namespace
}  // namespace splitproof::tests

// The same specs by PostgreSQL's own isolationtester, on the same server: the same transcript, to
// the byte.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "sim/process/child.h"
#include "sim/server/postgres_programs.h"
#include "tests/harness/spec_support.h"
#include "tests/support/paths.h"

namespace splitproof::harness {
namespace {

// It comes with the server's client programs.
std::string isolationtester() {
  const auto programs = sim::find_postgres(sim::postgres_folders());
  if (!programs.ok()) throw std::runtime_error(programs.error().message);
  const std::filesystem::path folder =
      std::filesystem::path(programs.value().postgres).parent_path().parent_path();
  return folder / "lib/pgxs/src/test/isolation/isolationtester";
}

std::string transcript_of_original(const std::string& name, const std::string& connection) {
  const std::string output = testing::TempDir() + "splitproof-original-" + name;
  sim::ChildOptions options;
  options.command = {
      "/bin/sh",         "-c",       "exec \"$0\" \"$1\" < \"$2\"",
      isolationtester(), connection, tests::in_tree("tests/harness/specs/" + name + ".spec")};
  options.environment["PGAPPNAME"] = "isolation/" + name;
  options.output = output;
  auto child = sim::Child::start(options);
  if (!child.ok()) throw std::runtime_error(child.error().message);
  EXPECT_EQ(child.value().wait().code, 0);
  std::ifstream in(output, std::ios::binary);
  const std::string transcript{std::istreambuf_iterator<char>(in), {}};
  std::filesystem::remove(output);
  return transcript;
}

class OriginalSpec : public testing::TestWithParam<const char*> {};

TEST_P(OriginalSpec, GivesTheSameTranscript) {
  const std::string name = GetParam();
  ASSERT_TRUE(std::filesystem::exists(isolationtester())) << "install postgresql";
  const std::string original = transcript_of_original(name, fresh_database("spec_" + name));
  const SpecRunSeen ours =
      run_spec_text(text_of_spec(name), "spec_" + name, std::chrono::seconds(60), true);
  EXPECT_GT(original.size(), 1000U);
  EXPECT_EQ(ours.memory.transcript, original);
}

INSTANTIATE_TEST_SUITE_P(Of, OriginalSpec, testing::Values("counter", "waits", "refused"),
                         [](const auto& name) { return std::string(name.param); });

}  // namespace
}  // namespace splitproof::harness

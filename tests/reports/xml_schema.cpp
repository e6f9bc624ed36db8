#include "tests/reports/xml_schema.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/support/paths.h"

namespace splitproof::reports {

namespace {

constexpr int not_found = 127;

}  // namespace

std::string junit_complaints(const std::string& document) {
  const std::string path =
      testing::TempDir() + "splitproof-junit-" + std::to_string(::getpid()) + ".xml";
  std::ofstream(path, std::ios::binary) << document;
  const std::string command = "xmllint --noout --schema '" +
                              tests::in_tree("tests/reports/junit.xsd") + "' '" + path + "' 2>&1";
  std::FILE* output = ::popen(command.c_str(), "r");
  if (output == nullptr) return "no shell could be started";
  std::string said;
  std::array<char, 4096> buffer{};
  while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), output)) {
    said.append(buffer.data(), size);
  }
  const int status = ::pclose(output);
  std::filesystem::remove(path);
  if (status == 0) return "";
  if (WIFEXITED(status) && WEXITSTATUS(status) == not_found) {
    return "xmllint was not found; install the package libxml2-utils";
  }
  return said;
}

}  // namespace splitproof::reports

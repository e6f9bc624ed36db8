#include "harness/verify/signature.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <vector>

#include "sim/process/child.h"

namespace splitproof::harness {

namespace {

constexpr const char* signature_namespace = "splitproof";
constexpr std::chrono::seconds patience{30};

struct Answer {
  bool done = false;
  std::string text;  // What it wrote, without the last line feed.
};

std::map<std::string, std::string> what_ssh_keygen_needs() {
  std::map<std::string, std::string> environment;
  for (const char* const name : {"PATH", "HOME", "SSH_AUTH_SOCK"}) {
    if (const char* const value = std::getenv(name)) environment.emplace(name, value);
  }
  return environment;
}

// A child's standard input is empty; what it is to read there a shell opens for it.
Answer run(const std::string& script, const std::vector<std::string>& words) {
  const std::unique_ptr<FILE, int (*)(FILE*)> output(std::tmpfile(), &std::fclose);
  if (!output) return {false, "no temporary file can be made for what ssh-keygen says"};
  const std::string path = fmt::format("/proc/self/fd/{}", ::fileno(output.get()));
  sim::ChildOptions options;
  options.command = {"sh", "-c", script, "sh"};
  options.command.insert(options.command.end(), words.begin(), words.end());
  options.environment = what_ssh_keygen_needs();
  options.folder = std::filesystem::current_path().string();
  options.output = path;
  auto child = sim::Child::start(options);
  if (!child.ok()) return {false, child.error().message};
  const std::optional<sim::ExitStatus> status = child.value().wait_for(patience);
  if (!status)
    return {false, "ssh-keygen does not end; a key that asks for a passphrase needs an agent"};
  std::ifstream in(path);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return {status->success(), std::move(text)};
}

}  // namespace

std::optional<std::string> sign_file(const std::string& file, const std::string& key) {
  // It asks before it overwrites one, and there is nobody to answer.
  std::error_code absent;
  std::filesystem::remove(file + ".sig", absent);
  const Answer answer =
      run(R"(exec ssh-keygen -Y sign -q -n "$1" -f "$2" "$3")", {signature_namespace, key, file});
  if (answer.done && std::filesystem::exists(file + ".sig")) return std::nullopt;
  return fmt::format(
      "{} cannot be signed with the key {}: {}; expected a private key without a passphrase, or "
      "the public one of a key that an agent holds",
      file, key, answer.text);
}

SignatureCheck check_signature(const std::string& file, const std::string& signers) {
  const std::string signature = file + ".sig";
  if (!std::filesystem::exists(signature)) return {false, "MANIFEST.sig is not there"};
  const Answer found =
      run(R"(exec ssh-keygen -Y find-principals -f "$1" -s "$2")", {signers, signature});
  if (!found.done || found.text.empty()) {
    return {false, fmt::format("its signature is of nobody that {} allows", signers)};
  }
  const std::string signer = found.text.substr(0, found.text.find('\n'));
  const Answer checked = run(R"(exec ssh-keygen -Y verify -n "$1" -f "$2" -I "$3" -s "$4" < "$5")",
                             {signature_namespace, signers, signer, signature, file});
  if (checked.done) return {true, fmt::format("signed by {}", signer)};
  return {false, fmt::format("its signature does not fit: {}", checked.text)};
}

void note_signature(const VerifyOptions& options, VerificationVerdict& verdict) {
  const std::string manifest = (std::filesystem::path(options.folder) / "MANIFEST").string();
  if (options.signers.empty()) {
    verdict.signature = std::filesystem::exists(manifest + ".sig")
                            ? "signed, by whom is not checked; --signers FILE does"
                            : "not signed: whoever changes a file can write MANIFEST anew";
    return;
  }
  const SignatureCheck check = check_signature(manifest, options.signers);
  verdict.signature = check.text;
  if (!check.good) verdict.changed.push_back({"MANIFEST.sig", check.text});
}

}  // namespace splitproof::harness

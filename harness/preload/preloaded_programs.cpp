#include "harness/preload/preloaded_programs.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>

#include "harness/preload/disk_conversation.h"
#include "harness/preload/program_setting.h"
#include "harness/run/failure.h"
#include "harness/run/program_spec.h"

namespace splitproof::harness {

namespace {

// The file's time of change is put where no clock stands, so that every later one shows.
class ChangeMark {
 public:
  explicit ChangeMark(std::string path) : path_(std::move(path)) {
    const std::array<timespec, 2> times{timespec{0, UTIME_OMIT}, timespec{}};
    marked_ = ::utimensat(AT_FDCWD, path_.c_str(), times.data(), 0) == 0;
  }

  bool is_gone() const {
    struct stat state {};
    if (!marked_ || ::stat(path_.c_str(), &state) != 0) return false;
    return state.st_mtim.tv_sec != 0 || state.st_mtim.tv_nsec != 0;
  }

 private:
  std::string path_;
  bool marked_ = false;
};

std::string path_of(const World& world) {
  constexpr std::string_view sqlite = "sqlite:";
  const std::string address = world.address();
  if (!address.starts_with(sqlite)) {
    throw HarnessFailure("the database is in no file that another program can open");
  }
  return std::filesystem::weakly_canonical(address.substr(sqlite.size())).string();
}

[[noreturn]] void refuse_unseen(const DiskConversation& conversation) {
  if (!conversation.was_loaded()) {
    throw NotInterceptable(
        "the program's file operations cannot be seen: it is static, or makes its own system "
        "calls");
  }
  throw NotInterceptable(
      "the program was not seen to open the database at SQLITE_PATH: it uses another one, or what "
      "opens it is static, or makes its own system calls");
}

}  // namespace

PreloadedPrograms::PreloadedPrograms(sim::Guardian& guardian, sim::ServerFolder folder,
                                     std::vector<OperationSpec> operations, std::string code,
                                     std::string library)
    : guardian_(guardian),
      folder_(std::move(folder)),
      operations_(std::move(operations)),
      code_(std::move(code)),
      library_(std::move(library)) {}

void PreloadedPrograms::attempt(World& world, Director& director, Told& told, std::uint64_t,
                                const Turns* turns) {
  const OperationSpec& operation = operations_.at(static_cast<std::size_t>(told.operation));
  if (!operation.program) {
    throw HarnessFailure(fmt::format("operation {} is no program", told.operation + 1));
  }
  const ProgramSpec program =
      with_code(*operation.program, operation.code.empty() ? code_ : operation.code);
  const std::string database = path_of(world);
  const std::string socket = fmt::format("{}/socket-{}", folder_.path(), told.client);
  world.stay_unnoticed();
  const ChangeMark mark(database);
  ProgramLife life(guardian_, program, environment_of(program, {database, library_, socket}),
                   fmt::format("{}/output-{}", folder_.path(), told.client), socket);
  DiskConversation conversation(director, told, life, clients_, turns,
                                std::filesystem::path(database).filename().string());
  conversation.run(program.time_limit);
  told.output = life.last_lines();
  if (conversation.was_seen()) seen_.insert(told.operation);
  if (told.outcome != sim::Outcome::committed || told.retry) return;
  if (!seen_.contains(told.operation)) refuse_unseen(conversation);
  // Programs at once change it for each other.
  if (turns == nullptr && !conversation.was_seen_to_change() && mark.is_gone()) {
    throw NotInterceptable(
        "the database changed and nobody was seen to write it: a part of the program is static, or "
        "makes its own system calls");
  }
}

std::unique_ptr<ClientProcesses> make_preloaded_programs(
    sim::Guardian& guardian, const std::vector<OperationSpec>& operations,
    const std::string& code) {
  sim::Result<sim::ServerFolder, sim::ServerError> folder =
      sim::ServerFolder::make(guardian, sim::server_folder_parents(), std::nullopt);
  if (!folder.ok()) throw HarnessFailure(folder.error().message);
  return std::make_unique<PreloadedPrograms>(guardian, std::move(folder).value(), operations, code,
                                             preload_library());
}

}  // namespace splitproof::harness

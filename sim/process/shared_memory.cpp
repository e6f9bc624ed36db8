#include "sim/process/shared_memory.h"

#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "sim/process/acting_as.h"

namespace splitproof::sim {

// shmctl() would tell the same of one segment, but only to those who may read it.
std::vector<Segment> list_segments() {
  std::vector<Segment> segments;
  std::ifstream list("/proc/sysvipc/shm");
  std::string line;
  std::getline(list, line);  // The titles of the columns.
  while (std::getline(list, line)) {
    std::istringstream fields(line);
    std::string rights, size, last_user;
    Segment segment;
    if (fields >> segment.key >> segment.id >> rights >> size >> segment.creator >> last_user >>
        segment.attached >> segment.user >> segment.group) {
      segments.push_back(segment);
    }
  }
  return segments;
}

SharedMemory shared_memory_of(pid_t pid) {
  const ActingAs owner(pid);
  SharedMemory memory;
  std::ifstream maps("/proc/" + std::to_string(pid) + "/maps");
  for (std::string line; std::getline(maps, line);) {
    // "from-to rights offset device inode path"; of a System V segment, the inode is its id.
    std::istringstream fields(line);
    std::string range, rights, offset, device, path;
    long long inode = 0;
    if (!(fields >> range >> rights >> offset >> device >> inode >> path)) continue;
    if (path.starts_with("/SYSV")) memory.segments.push_back(static_cast<int>(inode));
    if (path.starts_with("/dev/shm/PostgreSQL.")) memory.files.push_back(path);
  }
  return memory;
}

SharedMemory shared_memory_of_server(const std::string& data_directory) {
  std::ifstream lock_file(data_directory + "/postmaster.pid");
  pid_t postmaster = 0;
  if (!(lock_file >> postmaster)) return {};
  std::string line;
  // Lines 1 to 6 are process id, folder, start time, port, socket folder, address; line 7 has the
  // segment's key and id.
  for (int number = 1; number <= 6; ++number) std::getline(lock_file, line);
  unsigned long key = 0;
  int id = -1;
  if (!(lock_file >> key >> id)) return {};
  // Ids are given out again, so the segment must also say that this server made it.
  const bool is_its_own = std::ranges::any_of(list_segments(), [&](const Segment& segment) {
    return segment.id == id && segment.creator == postmaster;
  });
  if (!is_its_own) return {};
  return {.segments = {id}, .files = {}};
}

SharedMemory segments_made_for(const std::string& data_directory,
                               const std::set<pid_t>& postmasters) {
  struct stat folder {};
  if (::stat(data_directory.c_str(), &folder) != 0) return {};
  const auto key = static_cast<std::int32_t>(folder.st_ino);
  SharedMemory memory;
  for (const Segment& segment : list_segments()) {
    if (segment.key == key && postmasters.contains(segment.creator)) {
      memory.segments.push_back(segment.id);
    }
  }
  return memory;
}

void remove_if_unused(const SharedMemory& memory) {
  for (const Segment& segment : list_segments()) {
    const bool named = std::ranges::find(memory.segments, segment.id) != memory.segments.end();
    if (!named || segment.attached > 0) continue;
    const ActingAs owner(segment.user, segment.group);
    ::shmctl(segment.id, IPC_RMID, nullptr);
  }
  for (const std::string& file : memory.files) ::unlink(file.c_str());
}

}  // namespace splitproof::sim

// Memory that runs out for SQLite: a gate is shown each allocation, and may refuse it.
//
// SQLite takes its allocator once, for the whole process, before it is used for the first time;
// main() installs this one there. A gate is that of the calling thread alone, and without one every
// allocation is granted. What SQLite gives back it can always give back.
#pragma once

#include <cstdint>

namespace splitproof::sim {

class MemoryGate {
 public:
  virtual ~MemoryGate() = default;
  // Whether SQLite is refused so many bytes, new ones or for what it has already. It is in the
  // middle of its work: this must neither throw nor use SQLite.
  virtual bool refuses(int bytes) = 0;
};

// Puts the allocator in SQLite's hands, which from then on keeps no statistics of it: they cost a
// lock for each piece. False where it is too late. A second call does nothing.
bool install_memory_gate();

// The thread's gate from here to the end of the scope; then the one before is there again.
class MemoryScope {
 public:
  // Borrowed; null: there is memory.
  explicit MemoryScope(MemoryGate* gate);
  ~MemoryScope();
  MemoryScope(const MemoryScope&) = delete;
  MemoryScope& operator=(const MemoryScope&) = delete;

 private:
  MemoryGate* before_;
};

// Counts, and refuses the n-th allocation, and `more` behind it.
class CountedMemory final : public MemoryGate {
 public:
  // `at` is counted from 1; 0 is none of them.
  explicit CountedMemory(std::uint64_t at = 0, std::uint64_t more = 0) : at_(at), more_(more) {}

  bool refuses(int bytes) override;
  std::uint64_t asked() const { return asked_; }
  std::uint64_t refused() const { return refused_; }

 private:
  std::uint64_t at_;
  std::uint64_t more_;
  std::uint64_t asked_ = 0;
  std::uint64_t refused_ = 0;
};

}  // namespace splitproof::sim

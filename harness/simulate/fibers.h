// Bodies that take turns on one thread: each has a stack of its own, runs until it pauses, and goes
// on when it is resumed.
//
// Who is resumed is the owner's choice; nothing here chooses. A body that pauses may be in the
// middle of handling an exception: what the C++ runtime knows of it is kept with the body. A body
// must not let an exception out, and must have ended before the object is destroyed.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace splitproof::harness::life {

class Fibers {
 public:
  Fibers();
  ~Fibers();
  Fibers(const Fibers&) = delete;
  Fibers& operator=(const Fibers&) = delete;

  // Gives the fiber with this number, counted from 0, a body, which begins when it is resumed. The
  // fiber must be new or its body before must have ended.
  void start(std::size_t fiber, std::function<void()> body);
  // Runs its body until it pauses or ends. Not from within a body.
  void resume(std::size_t fiber);
  // From within a body: back to who resumed it.
  void pause();

  bool has_ended(std::size_t fiber) const;
  // True within a body.
  bool is_inside() const { return inside_ != nullptr; }

 private:
  struct Fiber;

  static void enter(unsigned high, unsigned low);
  void run_body(Fiber& fiber);

  std::unique_ptr<Fiber> owner_;  // Whoever resumes; it has no stack of ours.
  std::vector<std::unique_ptr<Fiber>> fibers_;
  Fiber* inside_ = nullptr;
};

}  // namespace splitproof::harness::life

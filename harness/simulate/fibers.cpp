#include "harness/simulate/fibers.h"

#include <cxxabi.h>
#include <ucontext.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif

namespace splitproof::harness::life {
namespace {

// SQLite's parser and an unoptimised, watched build of ours need some tens of kilobytes.
constexpr std::size_t stack_size = 512 * 1024;

// The exceptions that are being handled, as the runtime keeps them for each thread: a pointer and a
// number (Itanium C++ ABI, 2.2.2).
using HandledExceptions = std::array<std::byte, 2 * sizeof(void*)>;

void save(HandledExceptions& handled) {
  std::memcpy(handled.data(), static_cast<const void*>(abi::__cxa_get_globals()), handled.size());
}

void restore(const HandledExceptions& handled) {
  std::memcpy(static_cast<void*>(abi::__cxa_get_globals()), handled.data(), handled.size());
}

}  // namespace

struct Fibers::Fiber {
  ucontext_t context{};
  std::unique_ptr<std::byte[]> stack;
  std::function<void()> body;
  bool ended = true;
  HandledExceptions handled{};
  // What AddressSanitizer is told of the stack that is left and of the one that is entered.
  void* fake_stack = nullptr;
  const void* bottom = nullptr;
  std::size_t size = 0;

  void leave_for(Fiber& other, bool forever);
  void arrive(Fiber* from);
};

void Fibers::Fiber::leave_for([[maybe_unused]] Fiber& other, [[maybe_unused]] bool forever) {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_start_switch_fiber(forever ? nullptr : &fake_stack, other.bottom, other.size);
#endif
}

void Fibers::Fiber::arrive([[maybe_unused]] Fiber* from) {
#if defined(__SANITIZE_ADDRESS__)
  const void* left = nullptr;
  std::size_t left_size = 0;
  __sanitizer_finish_switch_fiber(fake_stack, &left, &left_size);
  if (from != nullptr) {
    from->bottom = left;
    from->size = left_size;
  }
#endif
}

Fibers::Fibers() : owner_(std::make_unique<Fiber>()) {}
Fibers::~Fibers() = default;

bool Fibers::has_ended(std::size_t fiber) const {
  return fiber >= fibers_.size() || fibers_[fiber]->ended;
}

void Fibers::start(std::size_t fiber, std::function<void()> body) {
  while (fibers_.size() <= fiber) fibers_.push_back(std::make_unique<Fiber>());
  Fiber& one = *fibers_[fiber];
  if (one.stack == nullptr) one.stack = std::make_unique_for_overwrite<std::byte[]>(stack_size);
  one.body = std::move(body);
  one.ended = false;
  one.handled = {};
  one.fake_stack = nullptr;
  one.bottom = one.stack.get();
  one.size = stack_size;
  getcontext(&one.context);
  one.context.uc_stack.ss_sp = one.stack.get();
  one.context.uc_stack.ss_size = stack_size;
  one.context.uc_link = &owner_->context;
  // makecontext() hands on numbers only.
  const auto address = reinterpret_cast<std::uintptr_t>(this);
  constexpr unsigned half = 32;
  makecontext(&one.context, reinterpret_cast<void (*)()>(enter), 2,
              static_cast<unsigned>(address >> half), static_cast<unsigned>(address));
}

void Fibers::enter(unsigned high, unsigned low) {
  constexpr unsigned half = 32;
  auto* const self = reinterpret_cast<Fibers*>((static_cast<std::uintptr_t>(high) << half) | low);
  self->inside_->arrive(self->owner_.get());
  self->run_body(*self->inside_);
}

void Fibers::run_body(Fiber& fiber) {
  fiber.body();
  fiber.body = nullptr;
  fiber.ended = true;
  fiber.leave_for(*owner_, true);
  // Returning goes to uc_link, which is the owner.
}

void Fibers::resume(std::size_t fiber) {
  Fiber& one = *fibers_[fiber];
  inside_ = &one;
  save(owner_->handled);
  restore(one.handled);
  owner_->leave_for(one, false);
  swapcontext(&owner_->context, &one.context);
  owner_->arrive(nullptr);
  restore(owner_->handled);
  inside_ = nullptr;
}

void Fibers::pause() {
  Fiber& one = *inside_;
  save(one.handled);
  one.leave_for(*owner_, false);
  swapcontext(&one.context, &owner_->context);
  one.arrive(owner_.get());
  // resume() has put back what this body was handling.
}

}  // namespace splitproof::harness::life

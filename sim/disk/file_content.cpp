#include "sim/disk/file_content.h"

#include <algorithm>
#include <cstring>

namespace splitproof::sim {
namespace {

constexpr std::size_t page_size = FileContent::page_size;

std::uint64_t digest_of(std::span<const std::byte, page_size> bytes) {
  // Four lanes, because each multiplication waits for the one before it in its lane.
  std::array<std::uint64_t, 4> lanes{1, 2, 3, 4};
  for (std::size_t at = 0; at < page_size; at += sizeof lanes) {
    for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes.data() + at + lane * sizeof word, sizeof word);
      lanes[lane] = mixed(lanes[lane], word);
    }
  }
  std::uint64_t digest = 0;
  for (const std::uint64_t lane : lanes) digest = mixed(digest, lane);
  return digest == 0 ? 1 : digest;
}

std::uint64_t digest_of_zeros() {
  static const std::uint64_t digest = digest_of(std::array<std::byte, page_size>{});
  return digest;
}

bool is_zero(const FileContent::SharedPage& page) {
  return page == nullptr || page->digest() == digest_of_zeros();
}

bool same(const FileContent::SharedPage& one, const FileContent::SharedPage& other) {
  if (one == other) return true;
  if (one == nullptr || other == nullptr) return is_zero(one) && is_zero(other);
  return one->bytes == other->bytes;
}

bool is_zero_from(const FileContent::Page& page, std::size_t begin) {
  static const std::array<std::byte, page_size> zeros{};
  return std::memcmp(page.bytes.data() + begin, zeros.data(), page_size - begin) == 0;
}

// use_count() orders nothing: a thread that shared the object may still have been reading it when
// it let go. Letting go of one more reference orders us behind that.
template <class T>
void come_after_others(const std::shared_ptr<T>& owned) {
  const std::shared_ptr<T> one_more = owned;
}

std::uint64_t pages_for(std::uint64_t size) { return (size + page_size - 1) / page_size; }

}  // namespace

std::uint64_t mixed(std::uint64_t digest, std::uint64_t number) {
  // The odd constants are those of the generator splitmix64.
  std::uint64_t x = (digest ^ number) * 0xBF58476D1CE4E5B9U;
  x ^= x >> 31U;
  return (x + 0x9E3779B97F4A7C15U) * 0x94D049BB133111EBU;
}

std::uint64_t FileContent::Page::digest() const {
  std::uint64_t digest = digest_.load(std::memory_order_relaxed);
  if (digest == 0) {
    digest = digest_of(bytes);
    digest_.store(digest, std::memory_order_relaxed);
  }
  return digest;
}

std::size_t FileContent::read(std::span<std::byte> to, std::uint64_t offset) const {
  const std::uint64_t there =
      offset < size_ ? std::min<std::uint64_t>(size_ - offset, to.size()) : 0;
  std::size_t done = 0;
  while (done < there) {
    const std::size_t within = (offset + done) % page_size;
    const std::size_t length = std::min<std::size_t>(page_size - within, there - done);
    const SharedPage& page = (*pages_)[(offset + done) / page_size];
    if (page == nullptr) {
      std::memset(to.data() + done, 0, length);
    } else {
      std::memcpy(to.data() + done, page->bytes.data() + within, length);
    }
    done += length;
  }
  std::memset(to.data() + done, 0, to.size() - done);
  return done;
}

void FileContent::write(std::span<const std::byte> from, std::uint64_t offset) {
  if (from.empty()) return;
  if (offset + from.size() > size_) resize(offset + from.size());
  std::size_t done = 0;
  while (done < from.size()) {
    const std::size_t within = (offset + done) % page_size;
    const std::size_t length = std::min(page_size - within, from.size() - done);
    Page& page = own_page((offset + done) / page_size);
    std::memcpy(page.bytes.data() + within, from.data() + done, length);
    done += length;
  }
}

void FileContent::resize(std::uint64_t size) {
  if (size == size_) return;
  const std::size_t within = size % page_size;
  // What is behind the end must be zeros, for it is seen when the file grows again.
  if (size < size_ && within != 0 && page(size / page_size) != nullptr) {
    std::ranges::fill(std::span(own_page(size / page_size).bytes).subspan(within), std::byte{0});
  }
  own_pages().resize(pages_for(size));
  size_ = size;
}

FileContent::SharedPage FileContent::page(std::uint64_t index) const {
  return pages_ != nullptr && index < pages_->size() ? (*pages_)[index] : nullptr;
}

void FileContent::set_page(std::uint64_t index, SharedPage page) {
  const std::uint64_t begin = index * page_size;
  if (begin >= size_) return;
  const std::uint64_t there = std::min<std::uint64_t>(size_ - begin, page_size);
  const bool fits = page == nullptr || is_zero_from(*page, there);
  own_pages()[index] = std::move(page);
  if (!fits) std::ranges::fill(std::span(own_page(index).bytes).subspan(there), std::byte{0});
}

std::uint64_t FileContent::digest() const {
  std::uint64_t digest = size_;
  for (std::uint64_t index = 0; index < pages_for(size_); ++index) {
    const SharedPage& page = (*pages_)[index];
    digest = mixed(digest, page == nullptr ? digest_of_zeros() : page->digest());
  }
  return digest;
}

bool operator==(const FileContent& one, const FileContent& other) {
  if (one.size_ != other.size_) return false;
  if (one.pages_ == other.pages_ || one.size_ == 0) return true;
  return std::ranges::equal(*one.pages_, *other.pages_, same);
}

FileContent::Pages& FileContent::own_pages() {
  if (pages_ == nullptr) pages_ = std::make_shared<Pages>();
  if (pages_.use_count() > 1) pages_ = std::make_shared<Pages>(*pages_);
  come_after_others(pages_);
  return *pages_;
}

FileContent::Page& FileContent::own_page(std::uint64_t index) {
  SharedPage& page = own_pages()[index];
  if (page == nullptr || page.use_count() > 1) {
    auto copy = std::make_shared_for_overwrite<Page>();
    if (page == nullptr) {
      copy->bytes.fill(std::byte{0});
    } else {
      copy->bytes = page->bytes;
    }
    page = std::move(copy);
  }
  come_after_others(page);
  page->digest_.store(0, std::memory_order_relaxed);
  // Nobody else has it, and it was not made const.
  return const_cast<Page&>(*page);
}

}  // namespace splitproof::sim

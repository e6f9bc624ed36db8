// The bytes of one file, as pages of 4 KiB that are shared until somebody writes.
//
// A copy costs one reference, whatever the size; the first write after it copies the list of pages,
// and the page that is written. A page that was never written is not there and reads as zeros.
// Copies may be used by different threads; one object only by one at a time.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace splitproof::sim {

class FileContent {
 public:
  static constexpr std::size_t page_size = 4096;

  // Does not change once it is shared.
  class Page {
   public:
    std::array<std::byte, page_size> bytes;
    // A number that two pages of equal bytes share, and others hardly ever do.
    std::uint64_t digest() const;

   private:
    friend class FileContent;
    mutable std::atomic<std::uint64_t> digest_{0};  // 0 where it was not asked for yet.
  };
  // Null is a page of zeros.
  using SharedPage = std::shared_ptr<const Page>;

  std::uint64_t size() const { return size_; }

  // Answers how many bytes there were; the rest of `to` is filled with zeros.
  std::size_t read(std::span<std::byte> to, std::uint64_t offset) const;
  // Beyond the end the file grows; a gap reads as zeros.
  void write(std::span<const std::byte> from, std::uint64_t offset);
  // Cuts off what is behind `size`, or adds zeros.
  void resize(std::uint64_t size);

  // The page that holds the bytes from `index * page_size` on; those behind the end are zeros.
  SharedPage page(std::uint64_t index) const;
  // Sets all bytes of a page, up to the end of the file: the file does not grow.
  void set_page(std::uint64_t index, SharedPage page);

  // Of size and bytes; see Page::digest().
  std::uint64_t digest() const;

  friend bool operator==(const FileContent& one, const FileContent& other);

 private:
  using Pages = std::vector<SharedPage>;

  // These two copy what is shared.
  Pages& own_pages();
  Page& own_page(std::uint64_t index);

  std::uint64_t size_ = 0;
  std::shared_ptr<Pages> pages_;  // Null while there are none.
};

// Joins what was digested so far with a further number.
std::uint64_t mixed(std::uint64_t digest, std::uint64_t number);

}  // namespace splitproof::sim

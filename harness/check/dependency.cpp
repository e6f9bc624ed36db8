#include "harness/check/dependency.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace splitproof::harness {

namespace {

auto place_of(const Dependency& edge) {
  return std::tie(edge.from, edge.to, edge.kind, edge.predicate, edge.item);
}

class EdgeList {
 public:
  explicit EdgeList(const Dealings& dealings) : dealings_(dealings) {}

  std::vector<Dependency> all() {
    for (const auto& [item, versions] : dealings_.versions) overwritten(item, versions);
    for (const Read& read : dealings_.reads) {
      if (dealings_.aborted.contains(read.reader)) continue;
      if (read.shows_version) shown(read);
      if (read.misses_next) missed(read);
    }
    std::ranges::stable_sort(edges_, {}, place_of);
    const auto again = std::ranges::unique(edges_, {}, place_of);
    edges_.erase(again.begin(), again.end());
    return std::move(edges_);
  }

 private:
  // The next version after `index` that counts and is of somebody else than `whose`.
  const Version* next_of_another(const std::vector<Version>& versions, std::size_t index,
                                 int whose) const {
    for (++index; index < versions.size(); ++index) {
      if (dealings_.aborted.contains(versions[index].writer)) continue;
      return versions[index].writer == whose ? nullptr : &versions[index];
    }
    return nullptr;
  }

  void overwritten(const Item& item, const std::vector<Version>& versions) {
    for (std::size_t i = 0; i < versions.size(); ++i) {
      const Version& version = versions[i];
      if (version.writer == nobody || dealings_.aborted.contains(version.writer)) continue;
      const Version* const next = next_of_another(versions, i, version.writer);
      if (next == nullptr) continue;
      add({version.writer, next->writer, DependencyKind::write_write, false, item,
           fmt::format("{} wrote {} in '{}', and {} overwrote that in '{}'.", words(version.writer),
                       to_string(item), version.statement, words(next->writer), next->statement)});
    }
  }

  void shown(const Read& read) {
    const Version& version = dealings_.versions.at(read.item).at(read.version);
    if (version.writer == nobody || version.writer == read.reader ||
        dealings_.aborted.contains(version.writer)) {
      return;
    }
    add({version.writer, read.reader, DependencyKind::write_read, read.predicate, read.item,
         fmt::format("{} read in '{}' what {} had written of {} in '{}'.", words(read.reader),
                     read.statement, words(version.writer), to_string(read.item),
                     version.statement)});
  }

  void missed(const Read& read) {
    const std::vector<Version>& versions = dealings_.versions.at(read.item);
    const Version* const next = next_of_another(versions, read.version, read.reader);
    if (next == nullptr) return;
    const char* const form =
        read.predicate ? "{} asked in '{}' for what {} meets, or ceases to meet, only since {} "
                         "wrote it in '{}'."
                       : "{} read in '{}' of {} what was there before {} wrote it in '{}'.";
    add({read.reader, next->writer, DependencyKind::read_write, read.predicate, read.item,
         fmt::format(fmt::runtime(form), words(read.reader), read.statement, to_string(read.item),
                     words(next->writer), next->statement)});
  }

  const std::string& words(int transaction) const {
    return dealings_.transactions.at(static_cast<std::size_t>(transaction));
  }

  void add(Dependency edge) { edges_.push_back(std::move(edge)); }

  const Dealings& dealings_;
  std::vector<Dependency> edges_;
};

}  // namespace

std::string to_string(const Item& item) { return fmt::format("{} ({})", item.table, item.row); }

const char* to_string(DependencyKind kind) {
  switch (kind) {
    case DependencyKind::write_write:
      return "ww";
    case DependencyKind::write_read:
      return "wr";
    case DependencyKind::read_write:
      return "rw";
  }
  return "";
}

std::vector<Dependency> dependencies(const Dealings& dealings) { return EdgeList(dealings).all(); }

}  // namespace splitproof::harness

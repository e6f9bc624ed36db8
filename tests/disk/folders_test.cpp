// Folders on the disk: names in one another, which are synced folder by folder.
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <memory>
#include <set>

#include "sim/base/rng.h"
#include "tests/disk/raw_files.h"

namespace splitproof::tests {
namespace {

using sim::DiskFile;
using sim::FileRole;
namespace disk_code = sim::disk_code;

std::string with_folders(const sim::DiskImage& image) {
  std::string text = RawFiles::text_of(image);
  for (const std::string& folder : image.folders) text += " " + folder + "/";
  return text;
}

std::string with_folders_durable(const RawFiles& files) {
  const sim::PowerLoss loss = files.loss();
  return with_folders(loss.image(loss.first(0)));
}

TEST(DiskFolders, AreSyncedOneByOne) {
  RawFiles files;
  ASSERT_EQ(files.disk.make_folder("/base"), disk_code::ok);
  const DiskFile file = files.file("/base/1");
  files.write(file, "one", 0);
  files.sync(file);
  EXPECT_EQ(with_folders_durable(files), "") << "neither name was synced";
  ASSERT_EQ(files.disk.sync_directory("/base/.", FileRole::database), disk_code::ok);
  EXPECT_EQ(with_folders_durable(files), "") << "nothing leads to the folder";
  files.sync_names();
  EXPECT_EQ(with_folders_durable(files), "/base/1=one /base/");
}

TEST(DiskFolders, KeepASecondNameOfAFile) {
  RawFiles files;
  files.write(files.file("/temporary"), "log", 0);
  ASSERT_EQ(files.disk.link("/temporary", "/segment", FileRole::wal), disk_code::ok);
  files.remove("/temporary");
  EXPECT_EQ(files.seen(), "/segment=log");
  EXPECT_EQ(files.disk.link("/segment", "/segment", FileRole::wal), disk_code::cannot_open);
  EXPECT_EQ(files.disk.link("/temporary", "/other", FileRole::wal), disk_code::io_delete_missing);
}

TEST(DiskFolders, RefuseWhatCannotBe) {
  RawFiles files;
  ASSERT_EQ(files.disk.make_folder("/a"), disk_code::ok);
  files.file("/a/x");
  DiskFile file;
  EXPECT_EQ(files.disk.make_folder("/a"), disk_code::cannot_open);
  EXPECT_EQ(files.disk.make_folder("/b/c"), disk_code::cannot_open) << "it lies in no folder";
  EXPECT_EQ(files.disk.open("/b/x", FileRole::database, {.create = true}, file),
            disk_code::cannot_open);
  EXPECT_EQ(files.disk.open("/a", FileRole::database, {}, file), disk_code::cannot_open);
  EXPECT_EQ(files.disk.open("/a/x/y", FileRole::database, {.create = true}, file),
            disk_code::cannot_open)
      << "a file is no folder";
  EXPECT_EQ(files.disk.remove("/a", FileRole::database), disk_code::cannot_open);
  EXPECT_EQ(files.disk.remove_folder("/a"), disk_code::cannot_open) << "it is not empty";
  EXPECT_EQ(files.disk.remove_folder("/a/x"), disk_code::io_delete_missing);
  EXPECT_EQ(files.disk.rename("/a", "/b", FileRole::database), disk_code::cannot_open);
  EXPECT_EQ(files.disk.rename("/a/x", "/a", FileRole::database), disk_code::cannot_open);
  EXPECT_EQ(with_folders(files.disk.state().seen()), "/a/x= /a/");
}

TEST(DiskFolders, AreWholeWhenTheDiskHasSettled) {
  RawFiles files;
  ASSERT_EQ(files.disk.make_folder("/a"), disk_code::ok);
  files.write(files.file("/a/x"), "one", 0);
  files.disk.settle();
  EXPECT_EQ(files.loss().items(), 0U);
  EXPECT_EQ(with_folders_durable(files), "/a/x=one /a/");
}

// The same operations on a map of names: what is seen, and what is left without anything unsynced.
class Model {
 public:
  struct File {
    std::string seen;
    std::string durable;
  };
  // A folder has no file.
  using Names = std::map<std::string, std::shared_ptr<File>>;

  bool is_folder(const std::string& name) const {
    return name.empty() || (seen.contains(name) && seen.at(name) == nullptr);
  }
  bool is_file(const std::string& name) const {
    return seen.contains(name) && seen.at(name) != nullptr;
  }
  static std::string folder_of(const std::string& name) { return name.substr(0, name.rfind('/')); }
  bool is_free(const std::string& name) const {
    return !seen.contains(name) && is_folder(folder_of(name));
  }
  bool is_empty(const std::string& folder) const {
    return std::none_of(seen.begin(), seen.end(),
                        [&](const auto& one) { return folder_of(one.first) == folder; });
  }
  void sync_folder(const std::string& folder) {
    std::erase_if(durable, [&](const auto& one) { return folder_of(one.first) == folder; });
    for (const auto& [name, file] : seen) {
      if (folder_of(name) == folder) durable[name] = file;
    }
  }
  static std::string text(const Names& names, bool of_cache) {
    sim::DiskImage image;
    for (const auto& [name, file] : names) {
      const std::string folder = folder_of(name);
      if (!folder.empty() && !image.folders.contains(folder)) continue;
      if (file == nullptr) {
        image.folders.insert(name);
        continue;
      }
      const std::string& bytes = of_cache ? file->seen : file->durable;
      sim::FileContent content;
      content.write(std::as_bytes(std::span(bytes)), 0);
      image.files.emplace(name, content);
    }
    return with_folders(image);
  }

  Names seen;
  Names durable;
};

// Does one operation on both, and tells whether they agree that it is possible.
class Twins {
 public:
  explicit Twins(std::uint64_t seed) : rng_(seed) {}

  bool step() {
    const std::string name = any_name();
    switch (rng_.below(8)) {
      case 0:
        return agree(files_.disk.make_folder(name), model_.is_free(name),
                     [&] { model_.seen[name] = nullptr; });
      case 1:
        return agree(files_.disk.remove_folder(name),
                     model_.seen.contains(name) && model_.is_folder(name) && model_.is_empty(name),
                     [&] { model_.seen.erase(name); });
      case 2:
        return agree(files_.disk.remove(name, FileRole::database), model_.is_file(name),
                     [&] { model_.seen.erase(name); });
      case 3:
        return rename(name);
      case 4: {
        const std::string to = any_name();
        return agree(files_.disk.link(name, to, FileRole::database),
                     model_.is_file(name) && model_.is_free(to),
                     [&] { model_.seen[to] = model_.seen.at(name); });
      }
      case 5:
        return sync(name);
      default:
        return write(name);
    }
  }

  std::string seen() const { return with_folders(files_.disk.state().seen()); }
  std::string durable() const { return with_folders_durable(files_); }
  const Model& model() const { return model_; }

 private:
  std::string any_name() {
    constexpr std::array<const char*, 8> names{"/a",   "/b",     "/a/x", "/a/y",
                                               "/b/x", "/a/x/z", "/c",   "/b/y"};
    return names.at(rng_.below(names.size()));
  }

  template <class Act>
  static bool agree(sim::DiskCode code, bool possible, const Act& act) {
    if ((code == disk_code::ok) != possible) return false;
    if (possible) act();
    return true;
  }

  // Within its folder, as between two of them a sync of either will do.
  bool rename(const std::string& name) {
    const std::string to = Model::folder_of(name) + "/" + std::string(1, "xyz"[rng_.below(3)]);
    const bool possible = model_.is_file(name) && !model_.is_folder(to);
    return agree(files_.disk.rename(name, to, FileRole::database), possible, [&] {
      const auto file = model_.seen.at(name);
      if (model_.seen.contains(to) && model_.seen.at(to) == file) return;
      model_.seen.erase(name);
      model_.seen[to] = file;
    });
  }

  bool sync(const std::string& name) {
    if (rng_.below(2) == 0) {
      model_.sync_folder(Model::folder_of(name));
      return files_.disk.sync_directory(name, FileRole::database) == disk_code::ok;
    }
    if (!model_.is_file(name)) return true;
    const DiskFile file = files_.file(name);
    files_.sync(file);
    files_.disk.close(file);
    model_.seen.at(name)->durable = model_.seen.at(name)->seen;
    return true;
  }

  bool write(const std::string& name) {
    const bool possible = model_.is_file(name) || model_.is_free(name);
    DiskFile file;
    const auto code = files_.disk.open(name, FileRole::database, {.create = true}, file);
    if ((code == disk_code::ok) != possible) return false;
    if (!possible) return true;
    if (!model_.seen.contains(name)) model_.seen[name] = std::make_shared<Model::File>();
    const std::string text(1 + rng_.below(9), static_cast<char>('a' + rng_.below(26)));
    std::string& bytes = model_.seen.at(name)->seen;
    bytes = text + (bytes.size() > text.size() ? bytes.substr(text.size()) : "");
    files_.write(file, text, 0);
    files_.disk.close(file);
    return true;
  }

  sim::Rng rng_;
  RawFiles files_;
  Model model_;
};

TEST(DiskFolders, DoWhatAMapOfNamesDoes) {
  constexpr int steps = 400;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Twins twins(seed);
    for (int step = 0; step < steps; ++step) {
      ASSERT_TRUE(twins.step()) << "seed " << seed << ", step " << step;
      ASSERT_EQ(twins.seen(), Model::text(twins.model().seen, true)) << seed << ", " << step;
      ASSERT_EQ(twins.durable(), Model::text(twins.model().durable, false)) << seed << ", " << step;
    }
  }
}

}  // namespace
}  // namespace splitproof::tests

// Files on a simulated disk without SQLite, in words.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "sim/disk/power_loss.h"
#include "tests/disk/support.h"

namespace splitproof::tests {

class RawFiles {
 public:
  explicit RawFiles(sim::Persona device = persona("honest")) : disk(device) {}

  sim::DiskFile file(const std::string& name) {
    sim::DiskFile opened;
    require(disk.open(name, sim::FileRole::database, {.create = true}, opened));
    return opened;
  }
  void write(const sim::DiskFile& to, std::string_view text, std::uint64_t offset) {
    require(disk.write(to, std::as_bytes(std::span(text)), offset));
  }
  void sync(const sim::DiskFile& what) { require(disk.sync(what, 0)); }
  void sync_names() { require(disk.sync_directory("/", sim::FileRole::database)); }
  void remove(const std::string& name) { require(disk.remove(name, sim::FileRole::database)); }

  // The files with their bytes, "a=one b=two"; runs of zeros are one "_".
  static std::string text_of(const sim::DiskImage& image) {
    std::string text;
    for (const auto& [name, content] : image.files) {
      std::string bytes(content.size(), 'x');
      content.read(std::as_writable_bytes(std::span(bytes)), 0);
      const auto both_zero = [](char one, char other) { return one == '\0' && other == '\0'; };
      bytes.erase(std::unique(bytes.begin(), bytes.end(), both_zero), bytes.end());
      std::replace(bytes.begin(), bytes.end(), '\0', '_');
      text += (text.empty() ? "" : " ") + name + "=" + bytes;
    }
    return text;
  }
  std::string seen() const { return text_of(disk.state().seen()); }
  // What is left where nothing that was not synced survives.
  std::string durable() const {
    const sim::PowerLoss loss(disk.state(), disk.persona());
    return text_of(loss.image({std::vector<bool>(loss.items(), false), {}}));
  }
  sim::PowerLoss loss() const { return {disk.state(), disk.persona()}; }
  // Every image with its survivors, "keep=1: a=one"; torn ones only if asked for.
  std::vector<std::string> images(bool torn = false) const {
    std::vector<std::string> all;
    sim::CrashOptions options;
    options.tear = torn;
    loss().visit(options, [&](const sim::CrashImage& image) {
      all.push_back(to_text(image.survivors) + ": " + text_of(image.image));
      return true;
    });
    return all;
  }

  sim::Disk disk;

 private:
  static void require(sim::DiskCode code) {
    if (code != sim::disk_code::ok) throw std::runtime_error("the disk refuses");
  }
};

}  // namespace splitproof::tests

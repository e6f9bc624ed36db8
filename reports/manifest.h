// MANIFEST: the SHA-256 of each file of a report's folder, chained, and the root of the chain.
//
// Its lines are those of sha256sum, so that `sha256sum -c MANIFEST` reads it; what begins with '#'
// is a comment to that. Behind each file stands its link of the chain: the SHA-256 of the link
// before it, a blank, the file's line and a line feed; the first link is that of the first line.
// The last one is the root: who has kept it elsewhere, in a CI's log, can tell whether any file was
// changed since. A chain alone shows accidents and no intent, for it can be computed anew.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/verdict/verification.h"

namespace splitproof::reports {

constexpr std::string_view manifest_name = "MANIFEST";
constexpr std::string_view signature_name = "MANIFEST.sig";

struct ManifestFile {
  std::string path;  // In the folder, with '/' between its parts.
  std::string hash;  // As sha256_of() gives it.

  bool operator==(const ManifestFile&) const = default;
};

// The whole text; the order of the files is that of their paths.
std::string render_manifest(std::vector<ManifestFile> files);

struct Manifest {
  std::vector<ManifestFile> files;
  std::string root;                          // As it is written.
  std::vector<harness::FileChange> changed;  // What in the text itself does not fit.
};

// Reads what there is; what is no line of a manifest, stands in another order or breaks the chain
// is among `changed`.
Manifest parse_manifest(std::string_view text);

// The file in the folder.
std::string manifest_of(const std::string& folder);

// What a run ends with, so that a log keeps it: "manifest: sha256:...", a whole line; empty where
// the file cannot be read.
std::string root_line(const std::string& manifest);

// The folder against its MANIFEST: files that were changed, removed or added. `root`, where it is
// not empty, is the one that was printed when the report was written. A folder without MANIFEST
// lacks it.
harness::VerificationVerdict check_folder(const std::string& folder, const std::string& root);

}  // namespace splitproof::reports

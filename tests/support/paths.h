// Where the tests find the tree and the programs that were built with them. These are functions of
// one small file, so that no other object file depends on the folder that it was compiled in.
#pragma once

#include <string>

namespace splitproof::tests {

// The absolute path of what has this path in the tree, as "scenarios/data"; "" is the tree itself.
std::string in_tree(const std::string& path);

// The absolute path of a program of this build, as "splitproof"; "" is the folder of all of them.
std::string built_program(const std::string& name);

}  // namespace splitproof::tests

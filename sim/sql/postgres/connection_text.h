// Connection strings and URLs of PostgreSQL as text, for other programs than ours.
#pragma once

#include <string>

#include "sim/sql/error.h"

namespace splitproof::sim {

struct ConnectionText {
  std::string connection;  // A connection string, "host=/run user=me".
  std::string password;    // Empty for none.
};

// The same connection without its password, which must not stand in the command line of a program
// where others can read it. An error of kind invalid where libpq cannot read `connection`.
Answer<ConnectionText> without_its_password(const std::string& connection);

}  // namespace splitproof::sim

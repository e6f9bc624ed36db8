// What a libpq connection string says.
#pragma once

#include <map>
#include <string>

namespace splitproof::sim {

// The parameters that a connection string or URL gives, by their names in libpq ("host", "port",
// "user", "password", "dbname", …); those given twice as given last. Empty where it is none.
std::map<std::string, std::string> parameters_in(const std::string& connection);

}  // namespace splitproof::sim

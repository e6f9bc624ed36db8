// Translates libpqxx's exceptions into Error, once, here.
//
// libpqxx 6 gives no SQLSTATE for conflicts and lost connections; the exception's type says which
// it was.
#pragma once

#include <exception>
#include <string>

#include "sim/sql/error.h"

namespace splitproof::sim {

// An error of this SQLSTATE, with the kind that goes with it.
Error postgres_error(std::string sqlstate, std::string message);

// What a libpqxx call threw. Exceptions that are not the database's (std::bad_alloc) are rethrown.
Error translate(const std::exception_ptr& thrown);

// The server's words for people: without "ERROR:" and without the lines that quote the statement,
// hint at remedies or tell where in a function it happened; DETAIL follows after a colon.
std::string message_for_people(const std::string& text);

}  // namespace splitproof::sim

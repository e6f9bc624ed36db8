// A plan: what one run does differently from a clean one, as one short line of text that a person
// can read, edit and paste back. Sweep, schedule search, incident, generation and replay all make
// or read plans; none has a path of its own.
//
//   clean                            nothing is broken, one session after the other
//   a3=drop                          at the 3rd statement of client a, once
//   a3+=error:53100                  from the 3rd statement on, wherever the error can occur
//   a4=error:53100 a9=lose-reply     two strikes
//   a4=drop retry a2=error:53100     the second at the 2nd statement of the retry
//   disk7=power:keep=110             before the 7th operation on the simulated disk
//   disk7=kill                       there, too, and all that was written survives
//   memory7=nomem                    the 7th time that SQLite asks for memory
//   order=a2b3a                      a takes two steps, b three, then a goes on as far as it can
//   order=a2b1!a                     where all wait for locks, a is told so
//   open(A,10.00) post(r1,A,-2.50) a3=drop   the operations too, where they were generated
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/plan/fault.h"
#include "sim/base/result.h"

namespace splitproof::harness {

struct Strike {
  char client = 'a';
  int statement = 1;  // From 1.
  Fault fault;
  bool persistent = false;  // From there on, wherever the fault can strike.
  // In the retries, which begin when the first attempts are over; their statements are counted
  // anew.
  bool in_retry = false;
  friend auto operator<=>(const Strike&, const Strike&) = default;
};

// A part of an order: a session takes steps, or is refused the lock that it waits for.
struct Turn {
  char session = 'a';
  int steps = 0;  // 0: as far as it can.
  bool refused = false;
  friend auto operator<=>(const Turn&, const Turn&) = default;
};

struct Plan {
  std::vector<Strike> strikes = {};  // Those of the retries last.
  // Empty: one session after the other. Behind its end the session that moved last goes on as far
  // as it can, then the others in the order of their letters.
  std::vector<Turn> order = {};
  // Operations that were generated, "post(r1,A,-2.50)"; empty: the scenario's own.
  std::vector<std::string> operations = {};
  friend auto operator<=>(const Plan&, const Plan&) = default;
};

struct PlanError {
  int column = 0;  // In characters, from 1.
  std::string message;
};

std::string to_string(const Plan& plan);
sim::Result<Plan, PlanError> parse_plan(std::string_view text);

// Whether the operation that is struck must run in a process of its own. On a simulated disk
// whoever works there can be killed as it is.
bool needs_process(const Strike& strike);

// The strike that hits this point, if any: the first that names it, or a persistent one that
// began before it and can occur here.
const Strike* judge(const Plan& plan, const FaultPoint& point);

}  // namespace splitproof::harness

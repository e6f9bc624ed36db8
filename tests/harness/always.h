// A property over random values, for tests: RapidCheck gets its seed from here and from nowhere
// else.
#pragma once

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/detail/TestListenerAdapter.h>

#include <sstream>

namespace splitproof::harness {

template <class Property>
void always(const Property& property, int times = 300) {
  rc::detail::TestParams params;
  params.seed = 20250831;
  params.maxSuccess = times;
  // RapidCheck's own listener reads its configuration, and with it a seed of chance.
  rc::detail::TestListenerAdapter listener;
  const rc::detail::TestResult result =
      rc::detail::checkTestable(property, rc::detail::TestMetadata{}, params, listener,
                                std::unordered_map<std::string, rc::detail::Reproduce>{});
  std::ostringstream words;
  rc::detail::printResultMessage(result, words);
  EXPECT_TRUE(result.is<rc::detail::SuccessResult>()) << words.str();
}

}  // namespace splitproof::harness

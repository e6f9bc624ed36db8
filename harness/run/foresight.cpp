#include "harness/run/foresight.h"

#include <algorithm>

#include "harness/predict/predict.h"

namespace splitproof::harness {

std::vector<Prediction> foresee(CleanRun& clean, sim::Dialect dialect) {
  // What happens to files is no SQL.
  if (std::ranges::count(clean.record.points, PointKind::disk, &FaultPoint::place) > 0) return {};
  std::vector<Prediction> predictions = predict(clean.record.history, dialect, clean.record.points);
  clean.order = most_dangerous_first(clean.record.points, predictions);
  return predictions;
}

}  // namespace splitproof::harness

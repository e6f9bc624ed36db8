// What xmllint of the package libxml2-utils says about an XML document, as a judge that shares no
// code with the writer.
#pragma once

#include <string>

namespace splitproof::reports {

// Empty if the document is well-formed and valid against tests/reports/junit.xsd; else xmllint's
// complaints, or why it could not be asked.
std::string junit_complaints(const std::string& document);

}  // namespace splitproof::reports

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "platforms/platform.hpp"
#include "testing/testing.hpp"

// Golden requests: testdata/golden/<adapter>/<case>/ holds event.json (the field names of an
// import) and connection.json, and request.json is what must come out, byte for byte. One case, one
// reason.
namespace pruuv::platforms::testing {

using pruuv::testing::matches_golden;
using pruuv::testing::read_testdata;
using pruuv::testing::TempDir;
using pruuv::testing::testdata_path;

// An event or a connection from JSON. The destination stands under the platform's own key
// ("pixel_id"), settings under "settings". Unknown keys end the test: a typing error must not pass
// for absence.
[[nodiscard]] FunnelEvent event_from_json(std::string_view json);
[[nodiscard]] Connection connection_from_json(std::string_view json, const Platform& platform);

// Access token and Google's three parts, as text that is easily found again where it must not be;
// no app secret.
[[nodiscard]] Credential placeholder_credential();

// The event's own phone number, read by the connection's default country.
[[nodiscard]] Phone phone_of(const FunnelEvent& event, const Connection& connection);

// Method, URL, headers with secrets as ***, body: indented JSON that ends with a line break. A body
// that is not JSON stands there as a string.
[[nodiscard]] std::string render_request(const HttpRequest& request);

// The names of the folders under testdata/<folder>, sorted; of the .json files without that ending.
[[nodiscard]] std::vector<std::string> folders_in(const std::string& folder);
[[nodiscard]] std::vector<std::string> json_files_in(const std::string& folder);

// Runs all cases of testdata/golden/<folder>, `at_least` of them. A case that is refused has its
// reasons and warnings in request.json instead of a request; warnings stand beside a request too.
void check_golden_requests(const Platform& platform, const std::string& folder,
                           std::size_t at_least);

}  // namespace pruuv::platforms::testing

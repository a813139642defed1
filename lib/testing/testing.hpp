#pragma once

// What every test includes: Catch2 of either major version (Debian 12 has 2.13, later ones 3), and
// the test data.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <filesystem>
#include <string>

namespace pruuv::testing {

// A file of the project's testdata/ folder, whole. Ends the test if it is not there.
std::string read_testdata(const std::string& path);
std::filesystem::path testdata_path(const std::string& path);

// Compares with the golden file testdata/<path>. With PRUUV_UPDATE_GOLDEN=1 in the environment
// (scripts/update_golden) it writes the file instead and the test passes.
bool matches_golden(const std::string& path, const std::string& actual);

// A folder of its own that goes away with the object.
class TempDir {
 public:
  TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace pruuv::testing

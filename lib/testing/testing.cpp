#include "testing/testing.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <stdlib.h>  // mkdtemp
#include <unistd.h>

namespace pruuv::testing {

std::filesystem::path testdata_path(const std::string& path) {
  return std::filesystem::path(PRUUV_TESTDATA) / path;
}

std::string read_testdata(const std::string& path) {
  std::ifstream file(testdata_path(path), std::ios::binary);
  if (!file) throw std::runtime_error("no test data " + path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool matches_golden(const std::string& path, const std::string& actual) {
  const auto file = testdata_path(path);
  if (getenv("PRUUV_UPDATE_GOLDEN") != nullptr) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << actual;
    return true;
  }
  if (std::filesystem::exists(file) && read_testdata(path) == actual) return true;
  UNSCOPED_INFO("golden file testdata/" << path << " differs; actual:\n"
                                        << actual << "\naccept it with scripts/update_golden");
  return false;
}

TempDir::TempDir() {
  // In memory where the system offers it: these tests commit thousands of times, and a disk's fsync
  // is not what they are about.
  const std::filesystem::path memory = "/dev/shm";
  const auto parent =
      ::access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
  std::string pattern = (parent / "pruuv-test-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("make a temporary folder");
  path_ = pattern;
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace pruuv::testing

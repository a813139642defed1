#include "http/client.hpp"

namespace pruuv::http {
namespace {

class RefusingClient final : public Client {
 public:
  Result<void> start(std::int64_t /*id*/, HttpRequest /*request*/) override {
    return fail(ErrorKind::usage, "a dry run sends nothing");
  }
  std::vector<Completed> wait(int /*timeout_ms*/) override { return {}; }
  std::vector<Completed> abort() override { return {}; }
  [[nodiscard]] std::size_t in_flight() const override { return 0; }
};

}  // namespace

std::unique_ptr<Client> make_refusing_client() { return std::make_unique<RefusingClient>(); }

}  // namespace pruuv::http

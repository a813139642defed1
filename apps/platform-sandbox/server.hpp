#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "certificate.hpp"
#include "connections.hpp"
#include "faults.hpp"
#include "journal.hpp"
#include "platform.hpp"
#include "request_book.hpp"
#include "service_account.hpp"
#include "supabase_book.hpp"
#include "token_book.hpp"
#include "vault_book.hpp"

namespace httplib {
class SSLServer;
struct Request;
struct Response;
}  // namespace httplib

namespace sandbox {

struct ServerOptions {
  std::int64_t delay_ms = 0;        ///< before every answer of a platform
  std::size_t threads = 64;         ///< one serves one connection at a time
  std::optional<std::int64_t> now;  ///< the clock of the rules; none = the real one
  std::int64_t min_click_age = 0;
  std::size_t max_body = 0;
  bool keep = true;
};

/// All platforms on one TLS port of 127.0.0.1, and the control routes below /_sandbox/.
class Server {
 public:
  Server(const ServerOptions& options, const CertificateFiles& certificate,
         ServiceAccount service_account);
  ~Server();

  /// Takes the port, 0 = any free one, and says which; clients may connect from here on.
  /// Throws std::runtime_error.
  int bind(int port);

  /// Serves until stop(); returns when every connection has ended.
  void serve();

  /// Ends serve(), from any thread, once.
  void stop();

  [[nodiscard]] const Journal& journal() const { return journal_; }

 private:
  void handle(const httplib::Request& request, httplib::Response& response);
  void handle_platform(const Platform& platform, const httplib::Request& request, const Call& call,
                       httplib::Response& response);
  [[nodiscard]] Answer control(const Call& call);
  [[nodiscard]] std::optional<Answer> control_secrets(std::string_view route, const Call& call);
  [[nodiscard]] Conditions conditions_for(const Platform& platform);
  [[nodiscard]] std::int64_t now() const;  ///< Unix seconds, of the rules
  void pause(std::int64_t milliseconds);

  const ServerOptions options_;
  Connections connections_;
  const ServiceAccount service_account_;
  TokenBook tokens_;
  RequestBook requests_;
  VaultBook vault_;
  SupabaseBook supabase_;
  FaultPlan faults_;
  Journal journal_;
  std::unique_ptr<httplib::SSLServer> http_;

  std::mutex stop_mutex_;
  std::condition_variable stop_changed_;
  bool stopping_ = false;
  std::atomic<bool> finished_ = false;
};

}  // namespace sandbox

#include "http/scripted_server.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <netinet/in.h>
#include <optional>
#include <signal.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"

namespace pruuv::http::testing {
namespace {

int bound_socket() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto* generic = std::bit_cast<const sockaddr*>(&address);
  if (fd < 0 || bind(fd, generic, sizeof address) != 0)
    throw std::runtime_error("bind to loopback");
  return fd;
}

std::uint16_t port_of(int fd) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(fd, std::bit_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

// One connection's bytes, with or without TLS.
struct Stream {
  int fd;
  SSL* tls;

  bool read_some(std::string& into) const {
    char buffer[16384];
    const auto n = tls != nullptr ? SSL_read(tls, buffer, sizeof buffer)
                                  : static_cast<int>(recv(fd, buffer, sizeof buffer, 0));
    if (n <= 0) return false;
    into.append(buffer, static_cast<std::size_t>(n));
    return true;
  }

  void write_all(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto n = tls != nullptr ? SSL_write(tls, bytes.data(), static_cast<int>(bytes.size()))
                                    : static_cast<int>(send(fd, bytes.data(), bytes.size(), 0));
      if (n <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
  }
};

std::size_t content_length(const std::string& head) {
  const std::string_view name = "\r\ncontent-length:";
  const std::string lower = ascii_lower(head) + "\r\n";
  const std::size_t at = lower.find(name);
  if (at == std::string::npos) return 0;
  const std::size_t value = at + name.size();
  const auto text = trim(std::string_view(lower).substr(value, lower.find("\r\n", value) - value));
  return static_cast<std::size_t>(parse_int64(text).value_or(0));
}

// So that closing sends a reset instead of a farewell.
void arm_reset(int fd) {
  const linger at_once{1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

// The next whole request; `pending` holds what came beyond it.
std::optional<SeenRequest> read_request(const Stream& stream, std::string& pending,
                                        std::size_t upload_bytes_max) {
  std::size_t end = 0;
  while ((end = pending.find("\r\n\r\n")) == std::string::npos) {
    if (!stream.read_some(pending)) return std::nullopt;
  }
  SeenRequest request{pending.substr(0, end), ""};
  const std::size_t size = content_length(request.head);
  while (pending.size() < end + 4 + size) {
    if (pending.size() - end - 4 >= upload_bytes_max) {
      arm_reset(stream.fd);
      return std::nullopt;
    }
    if (!stream.read_some(pending)) return std::nullopt;
  }
  request.body = pending.substr(end + 4, size);
  pending.erase(0, end + 4 + size);
  return request;
}

}  // namespace

std::string http_answer(int status, const std::string& body, const std::string& more_headers) {
  return fmt::format("HTTP/1.1 {} Words\r\nContent-Length: {}\r\n{}\r\n{}", status, body.size(),
                     more_headers, body);
}

ScriptedServer::ScriptedServer(Script script, SSL_CTX* tls)
    : script_(std::move(script)), tls_(tls), listener_(bound_socket()), port_(port_of(listener_)) {
  if (listen(listener_, 64) != 0) throw std::runtime_error("listen on loopback");
  acceptor_ = std::thread([this] { accept_all(); });
}

ScriptedServer::~ScriptedServer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const int fd : sockets_) shutdown(fd, SHUT_RDWR);
  }
  request_came_.notify_all();
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  for (auto& worker : workers_) worker.join();
  close(listener_);
}

std::string ScriptedServer::url(const std::string& path) const {
  return fmt::format("{}://127.0.0.1:{}{}", tls_ != nullptr ? "https" : "http", port_, path);
}

std::vector<SeenRequest> ScriptedServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::size_t ScriptedServer::connections() const {
  const std::lock_guard lock(mutex_);
  return connections_;
}

bool ScriptedServer::wait_for_requests(std::size_t count) const {
  std::unique_lock lock(mutex_);
  return request_came_.wait_for(lock, std::chrono::seconds(10), [&] {
    return stopping_ || requests_.size() >= count;
  }) && !stopping_;
}

void ScriptedServer::accept_all() {
  for (;;) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      close(fd);
      return;
    }
    sockets_.push_back(fd);
    ++connections_;
    workers_.emplace_back([this, fd] { serve(fd); });
  }
}

void ScriptedServer::serve(int socket) {
  // Only in this thread: the tests must notice if the client lets a broken connection raise it.
  sigset_t broken_pipe;
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);

  SSL* tls = nullptr;
  if (tls_ != nullptr) {
    tls = SSL_new(tls_);
    SSL_set_fd(tls, socket);
  }
  if (tls == nullptr || SSL_accept(tls) == 1) serve_requests(socket, tls);
  SSL_free(tls);
  const std::lock_guard lock(mutex_);
  std::erase(sockets_, socket);
  close(socket);
}

void ScriptedServer::serve_requests(int socket, SSL* tls) {
  const Stream stream{socket, tls};
  std::string pending;
  while (auto request = read_request(stream, pending, upload_bytes_max_)) {
    std::size_t number = 0;
    {
      const std::lock_guard lock(mutex_);
      number = requests_.size();
      requests_.push_back(*request);
    }
    request_came_.notify_all();
    const Answer answer = script_(*request, number);
    stream.write_all(answer.bytes);
    if (answer.then == Answer::Then::keep) continue;
    if (answer.then == Answer::Then::reset) arm_reset(socket);
    if (answer.then == Answer::Then::hang) {
      while (stream.read_some(pending)) pending.clear();
    }
    if (answer.then == Answer::Then::close && tls != nullptr) SSL_shutdown(tls);
    return;
  }
}

RefusingPort::RefusingPort() : socket_(bound_socket()) {}
RefusingPort::~RefusingPort() { close(socket_); }
std::string RefusingPort::url() const {
  return fmt::format("http://127.0.0.1:{}/", port_of(socket_));
}

}  // namespace pruuv::http::testing

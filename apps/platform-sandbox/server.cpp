#include "server.hpp"

#include <algorithm>
#include <stdexcept>
#include <sys/socket.h>
#include <thread>

#include <fmt/format.h>
#include <httplib.h>

namespace sandbox {
namespace {

constexpr std::string_view control_prefix = "/_sandbox/";
constexpr std::string_view host = "127.0.0.1";
constexpr time_t idle_seconds = 60;
constexpr std::size_t requests_a_connection = 1'000'000;
/// The HTTP library's own limit, far above `max_body`, so that a body too large still gets the
/// platform's answer.
constexpr std::size_t most_buffered = std::size_t{256} << 20;

constexpr std::string_view web_page =
    "<!DOCTYPE html><html><head><title>Please wait</title></head><body>We will be right back."
    "</body></html>";

Call call_of(const httplib::Request& request) {
  Call call;
  call.method = request.method;
  const std::size_t question = request.target.find('?');
  call.path = request.target.substr(0, question);
  if (question != std::string::npos) call.query = request.target.substr(question + 1);
  call.body = request.body;
  for (const auto& [name, value] : request.headers) {
    // The HTTP library adds these to what was sent.
    if (name == "REMOTE_ADDR" || name == "REMOTE_PORT" || name == "LOCAL_ADDR" ||
        name == "LOCAL_PORT") {
      continue;
    }
    call.headers.push_back({name, value});
  }
  return call;
}

void send(Answer answer, httplib::Response& response) {
  response.status = answer.status;
  for (const Header& header : answer.headers) response.set_header(header.name, header.value);
  response.set_content(answer.body, answer.content_type);
}

/// Announces the whole body, sends its beginning and gives up: the library then ends the
/// connection.
void send_truncated(Answer answer, std::size_t bytes, httplib::Response& response) {
  response.status = answer.status;
  for (const Header& header : answer.headers) response.set_header(header.name, header.value);
  if (answer.body.empty()) return;
  const std::size_t length = answer.body.size();
  const std::size_t sent = std::min(bytes, length - 1);
  response.set_content_provider(length, answer.content_type,
                                [body = std::move(answer.body), sent](
                                    std::size_t offset, std::size_t, httplib::DataSink& sink) {
                                  return offset < sent &&
                                         sink.write(body.data() + offset, sent - offset);
                                });
}

void close_without_answer(const httplib::Request& request) {
  if (request.ssl != nullptr) ::shutdown(SSL_get_fd(request.ssl), SHUT_RDWR);
}

/// An order of a test that nobody can carry out.
Answer not_understood(const std::string& error) {
  return {400, fmt::format("{{\"error\":{}}}\n", json_quoted(error)), "application/json", {}};
}

/// Unlike the library's default without SO_REUSEPORT: a second sandbox on the same port must fail,
/// not take half of the connections.
void set_socket_options(int socket) {
  const int yes = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

}  // namespace

Server::Server(const ServerOptions& options, const CertificateFiles& certificate,
               ServiceAccount service_account)
    : options_(options),
      service_account_(std::move(service_account)),
      requests_(options.keep),
      vault_(now()),
      journal_(options.keep) {
  http_ = std::make_unique<httplib::SSLServer>([&](SSL_CTX& context) {
    connections_.watch(context);
    return SSL_CTX_set_min_proto_version(&context, TLS1_2_VERSION) == 1 &&
           SSL_CTX_use_certificate_file(&context, certificate.server.c_str(), SSL_FILETYPE_PEM) ==
               1 &&
           SSL_CTX_use_PrivateKey_file(&context, certificate.server.c_str(), SSL_FILETYPE_PEM) == 1;
  });
  if (!http_->is_valid()) throw std::runtime_error("loading " + certificate.server.string());

  http_->set_socket_options(set_socket_options);
  http_->set_tcp_nodelay(true);  // headers and body leave in two writes
  http_->set_keep_alive_max_count(requests_a_connection);
  http_->set_keep_alive_timeout(idle_seconds);
  http_->set_read_timeout(idle_seconds);
  http_->set_write_timeout(idle_seconds);
  http_->set_payload_max_length(most_buffered);
  http_->new_task_queue = [threads = options.threads] { return new httplib::ThreadPool(threads); };

  const auto handler = [this](const httplib::Request& request, httplib::Response& response) {
    handle(request, response);
  };
  http_->set_pre_routing_handler(
      [this](const httplib::Request& request, httplib::Response& response) {
        // The library would wait for a body that HTTP says is not there (`curl -X POST`).
        if (request.has_header("Content-Length") || request.has_header("Transfer-Encoding")) {
          return httplib::Server::HandlerResponse::Unhandled;
        }
        handle(request, response);
        return httplib::Server::HandlerResponse::Handled;
      });
  http_->Get(".*", handler);
  http_->Post(".*", handler);
  http_->Put(".*", handler);
  http_->Patch(".*", handler);
  http_->Delete(".*", handler);
  http_->Options(".*", handler);
}

Server::~Server() = default;

int Server::bind(int port) {
  const std::string address(host);
  const int bound = port == 0 ? http_->bind_to_any_port(address)
                              : (http_->bind_to_port(address, port) ? port : -1);
  if (bound < 0) {
    throw std::runtime_error(fmt::format("binding {}:{}: the port is not free", host, port));
  }
  return bound;
}

void Server::serve() {
  http_->listen_after_bind();
  finished_ = true;
}

void Server::stop() {
  {
    const std::lock_guard lock(stop_mutex_);
    stopping_ = true;
  }
  stop_changed_.notify_all();
  // The library forgets a stop that comes before it has begun to listen.
  while (!http_->is_running() && !finished_) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  http_->stop();
  connections_.end_reading();
}

void Server::pause(std::int64_t milliseconds) {
  if (milliseconds == 0) return;
  std::unique_lock lock(stop_mutex_);
  stop_changed_.wait_for(lock, std::chrono::milliseconds(milliseconds),
                         [this] { return stopping_; });
}

std::int64_t Server::now() const {
  const auto real_now = std::chrono::duration_cast<std::chrono::seconds>(
      std::chrono::system_clock::now().time_since_epoch());
  return options_.now.value_or(real_now.count());
}

Conditions Server::conditions_for(const Platform& platform) {
  Conditions conditions;
  conditions.now = now();
  conditions.min_click_age = options_.min_click_age;
  conditions.max_body = options_.max_body;
  conditions.marked = faults_.marked(platform.name);
  conditions.tokens = &tokens_;
  conditions.service_account = &service_account_;
  conditions.requests = &requests_;
  conditions.vault = &vault_;
  conditions.supabase = &supabase_;
  return conditions;
}

void Server::handle(const httplib::Request& request, httplib::Response& response) {
  const Call call = call_of(request);
  if (call.path.starts_with(control_prefix)) return send(control(call), response);
  handle_platform(platform_of(call.path), request, call, response);
}

void Server::handle_platform(const Platform& platform, const httplib::Request& request,
                             const Call& call, httplib::Response& response) {
  const std::optional<Fault> fault = faults_.next(platform.name);
  Handling handling;
  handling.executed = !fault || fault->process;
  Conditions conditions = conditions_for(platform);
  conditions.executed = handling.executed;
  Judgement judgement = platform.judge(call, conditions);
  if (!handling.executed) judgement.requests = nullptr;
  handling.fault = fault ? std::string_view(fault->description) : std::string_view{};
  journal_.settle(platform, judgement, handling.executed);
  Answer answer = judgement.refusal ? judgement.refusal->answer : platform.answer(call, judgement);

  using Action = Fault::Action;
  const Action action = fault ? fault->action : Action::delay;
  if (action == Action::answer) answer = fault->answer;
  if (action == Action::platform_error) answer = *platform.ready_made(fault->error, judgement);
  if (action == Action::garbage) answer = {200, std::string(web_page), "text/html", {}};
  handling.status = action == Action::close ? 0 : answer.status;
  journal_.record(platform, call, judgement, handling);

  pause(options_.delay_ms + (fault ? fault->delay_ms : 0));
  if (action == Action::close) return close_without_answer(request);
  if (action == Action::truncate) return send_truncated(std::move(answer), fault->bytes, response);
  send(std::move(answer), response);
}

std::optional<Answer> Server::control_secrets(std::string_view route, const Call& call) {
  const bool get = call.method == "GET";
  if (!get && call.method != "POST") return std::nullopt;
  if (route == "vault" && get) return Answer{200, vault_.told(now()), "application/json", {}};
  if (route == "supabase" && get) return Answer{200, supabase_.told(), "application/json", {}};
  if (route == "vault") {
    const vault::Ordered ordered = vault_.order(call.body, now());
    return ordered.error ? not_understood(*ordered.error)
                         : Answer{200, ordered.body, "application/json", {}};
  }
  if (route != "supabase") return std::nullopt;
  const auto error = supabase_.order(call.body);
  return error ? not_understood(*error) : Answer{200, "{}\n", "application/json", {}};
}

Answer Server::control(const Call& call) {
  const std::string_view route = std::string_view(call.path).substr(control_prefix.size());
  const bool get = call.method == "GET";
  const bool post = call.method == "POST";
  const Answer done{200, "{}\n", "application/json", {}};
  if (route == "stats" && get) return {200, journal_.stats(), "application/json", {}};
  if (route == "events" && get) return {200, journal_.events(), "application/x-ndjson", {}};
  if (route == "requests" && get) return {200, journal_.requests(), "application/x-ndjson", {}};
  if (route == "connections" && get) {
    return {200, fmt::format("{{\"opened\":{}}}\n", connections_.opened()), "application/json", {}};
  }
  if (route == "faults" && get) return {200, faults_.remaining(), "application/json", {}};
  if (route == "faults" && post) {
    if (const auto error = faults_.add(call.body)) return not_understood(*error);
    return done;
  }
  if (route == "faults" && call.method == "DELETE") {
    faults_.clear();
    return done;
  }
  if (route == "diagnostics" && post) {
    if (const auto error = requests_.tell(call.body)) return not_understood(*error);
    return done;
  }
  if (route == "reset" && post) {
    faults_.clear();
    journal_.reset();
    requests_.reset();
    vault_.reset(now());
    supabase_.reset();
    return done;
  }
  if (auto answer = control_secrets(route, call)) return std::move(*answer);
  return {404, "{\"error\":\"no such control route; see README.md\"}\n", "application/json", {}};
}

}  // namespace sandbox

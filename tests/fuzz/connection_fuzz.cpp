// Any bytes, cut anywhere, sent to a slow or a quick reader, answered soon or late, are answered
// with the same bytes.
#include <map>

#include "dispatch/handler.hpp"
#include "fake_client.hpp"
#include "input.hpp"
#include "net/connection.hpp"

using namespace plughost;

namespace {

/// Answers with what it was asked; now, or when the test says so.
class Echo final : public dispatch::Handler {
 public:
  explicit Echo(dispatch::Responder& responder) : responder_(responder) {}

  void handle(dispatch::Request& request) noexcept override {
    waiting_.push_back(&request);
    if (!late) answer_all();
  }
  bool nonblocking() const noexcept override { return true; }

  void answer_all() {
    auto waiting = std::exchange(waiting_, {});
    for (auto* request : waiting) answer(*request);
  }

  bool late = false;

 private:
  void answer(dispatch::Request& request) {
    const auto& message = request.message;
    std::string body = std::string(message.method) + ' ' + std::string(message.path) + '?' +
                       std::string(message.query) + ' ' + message.body;
    for (const auto& value : request.match.params) body += ' ' + value;
    http::HeaderLines headers;
    headers.append("content-type", "text/plain");
    if (message.path == "/close") headers.append("connection", "close");
    const unsigned status = message.path == "/empty" ? 204 : 200;
    responder_.respond(request.token(), {status, headers, status == 204 ? "" : body, {}});
  }

  dispatch::Responder& responder_;
  std::vector<dispatch::Request*> waiting_;
};

/// Pulls the body and answers with all of it, once it has all.
class Pull final : public dispatch::Handler {
 public:
  explicit Pull(dispatch::Responder& responder) : responder_(responder) {}

  void handle(dispatch::Request& request) noexcept override { go_on(request.token()); }
  bool nonblocking() const noexcept override { return true; }
  bool streams_body() const noexcept override { return true; }

 private:
  void go_on(dispatch::Token token) {
    std::string_view part;
    dispatch::Outcome outcome;
    while ((outcome = responder_.read_body(token, 7, part)) == dispatch::Outcome::ok) {
      if (part.empty()) return answer(token);
      bodies_[token] += part;
    }
    if (outcome == dispatch::Outcome::pending) {
      const auto again = [](void* self, dispatch::Token of) noexcept {
        static_cast<Pull*>(self)->go_on(of);
      };
      responder_.on_body(token, {again, {nullptr, this}});
    } else {
      answer(token);  // nobody waits for it, but it is owed
    }
  }
  void answer(dispatch::Token token) {
    http::HeaderLines headers;
    responder_.respond(token, {200, headers, bodies_[token], {}});
    bodies_.erase(token);
  }

  dispatch::Responder& responder_;
  std::map<dispatch::Token, std::string> bodies_;
};

/// What the host shares between connections, made once.
///
/// Plays the transport: delivers answers and lets connections go on.
class Host final : public dispatch::Mailbox {
 public:
  Host() : handler(responder_), pull_(responder_) {
    limits_.header_bytes = 1024;
    limits_.headers = 16;
    limits_.body = 512;
    limits_.pipeline_depth = 3;
    responder_.add_pool(requests_);
  }

  void post(dispatch::Request& request) noexcept override { posted_.push_back(&request); }

  void settle() {
    while (!posted_.empty() || !context.to_advance.empty()) {
      for (auto* request : std::exchange(posted_, {})) requests_.deliver(*request);
      for (auto* connection : std::exchange(context.to_advance, {})) {
        connection->queued_for_advance = false;
        connection->advance();
      }
    }
  }

  std::uint64_t requests_in_use() const { return requests_.in_use(); }

 private:
  std::shared_ptr<const routing::RouteTable> make_table() {
    std::vector<routing::Route> routes;
    const auto add = [&](std::vector<std::string> methods, std::string_view pattern,
                         dispatch::Handler& handles) {
      routing::Route route{};
      route.methods = std::move(methods);
      route.pattern = routing::Pattern::parse(pattern).value();
      route.handler = &handles;
      routes.push_back(std::move(route));
    };
    add({"GET", "POST"}, "/a", handler);
    add({"GET"}, "/close", handler);
    add({"GET"}, "/empty", handler);
    add({}, "/any/{id:int}/{rest:path}", handler);
    add({"POST"}, "/pull", pull_);
    return std::make_shared<const routing::RouteTable>("fuzz", std::move(routes));
  }

  config::Limits limits_;
  dispatch::Responder responder_;
  dispatch::Executor executor_{responder_, 1, 1};
  dispatch::BodyBudget budget_{4096};
  std::vector<dispatch::Request*> posted_;
  dispatch::RequestPool requests_{0, *this};

 public:
  Echo handler;

 private:
  Pull pull_;
  net::SharedContext shared_{
      limits_, config::milliseconds(250), responder_, executor_, budget_, nullptr};

 public:
  net::IoContext context{shared_, requests_, make_table(), {}, {}, false, false, {}};
};

struct Conversation {
  std::vector<std::string_view> pieces;
  std::size_t window = SIZE_MAX;  ///< how much the client reads at a time
  bool late = false;              ///< handlers answer after each piece, not at once
};

/// What the server sent, without what may differ from one time to the next: dates, ids, interim
/// answers, and why a request was refused (of two mistakes the first to be seen depends on the
/// cut).
std::string without_variables(std::string text) {
  constexpr std::string_view kInterim = "HTTP/1.1 100 Continue\r\n\r\n";
  for (std::size_t at; (at = text.find(kInterim)) != std::string::npos;) {
    text.erase(at, kInterim.size());
  }
  const auto erase_behind = [&text](std::string_view mark, std::size_t length) {
    for (std::size_t at = 0; (at = text.find(mark, at)) != std::string::npos;) {
      at += mark.size();
      text.erase(at, length);
    }
  };
  const std::size_t refusal =
      text.find("\r\nConnection: close\r\ncontent-type: application/problem");
  if (refusal != std::string::npos) text.replace(text.rfind("HTTP/1.1 ", refusal), text.npos, "no");
  erase_behind("\r\nDate: ", 29);
  erase_behind("\"request_id\":\"", 16);
  return text;
}

std::string talk(const Conversation& conversation) {
  static Host host;
  host.handler.late = conversation.late;
  fuzz::Client client;
  auto connection = std::make_unique<net::Connection>(host.context, -1,
                                                      std::make_unique<fuzz::FakeSocket>(client),
                                                      std::make_shared<const dispatch::Endpoint>());
  const auto go_on = [&] {
    // Each turn something is read, written or answered: so many turns are enough for any input.
    for (int turn = 0; turn < 10'000; ++turn) {
      host.settle();
      if (!connection->alive()) return;
      if (connection->wants_writable()) {
        client.room = conversation.window;
        connection->on_writable();
      } else if (connection->wants_read_again()) {
        connection->on_readable(client.closed);
      } else if (conversation.late) {
        const auto before = client.received.size();
        host.handler.answer_all();
        host.settle();
        if (client.received.size() == before && !connection->wants_writable()) return;
      } else {
        return;
      }
    }
    fuzz::fail("the connection never comes to rest", client.received, "");
  };
  client.room = conversation.window;
  for (const std::string_view piece : conversation.pieces) {
    if (piece.empty()) continue;
    client.sent.emplace_back(piece);
    if (connection->alive()) connection->on_readable(false);
    go_on();
  }
  client.closed = true;
  if (connection->alive()) connection->on_readable(true);
  go_on();
  connection.reset();
  host.handler.answer_all();
  host.settle();
  host.context.to_advance.clear();
  if (host.requests_in_use() != 0) fuzz::fail("a request was never recycled", "", "");
  return without_variables(client.received);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  Conversation other;
  other.window = input.choose(4) == 0 ? SIZE_MAX : 1 + input.choose(256);
  other.late = input.choose(2) == 1;
  other.pieces = fuzz::cut(input);
  const std::string whole = talk({{input.text()}});
  const std::string in_pieces = talk(other);
  if (whole != in_pieces) fuzz::fail("cutting changed the answers", whole, in_pieces);
  return 0;
}

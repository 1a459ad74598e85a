// A client's frames, cut anywhere, give the same events as uncut, and no message breaks a limit.
#include "http/websocket_reader.hpp"
#include "input.hpp"

using namespace plughost;
using http::websocket::Event;

namespace {

struct Setting {
  std::uint64_t message_limit;
  std::optional<http::websocket::DeflateTerms> deflate;
};

void demand(bool holds) {
  if (!holds) std::abort();
}

void check(const http::websocket::Reader& reader, Event event, const Setting& setting) {
  const bool is_message = event == Event::text || event == Event::binary;
  if (is_message) demand(reader.payload().size() <= setting.message_limit);
  if (event == Event::text) demand(http::is_utf8(reader.payload()));
  if (event == Event::ping || event == Event::pong) {
    demand(reader.payload().size() <= http::websocket::kControlPayload);
  }
  if (event != Event::close && event != Event::failed) return;
  const auto& [code, reason] = reader.closing();
  demand(http::is_utf8(reason));
  demand(http::websocket::is_wire_close_code(code) ||
         (event == Event::close && code == http::websocket::kNoStatus));
}

/// Each event as a line.
std::string read(const std::vector<std::string_view>& pieces, const Setting& setting) {
  http::websocket::Reader reader(setting.message_limit, setting.deflate);
  std::string events;
  for (std::string_view piece : pieces) {
    while (true) {
      const Event event = reader.read(piece);
      if (event == Event::none) break;
      check(reader, event, setting);
      events += std::to_string(static_cast<int>(event)) + ' ';
      // Of two mistakes in compressed data, the first to be seen depends on the cut.
      if (event == Event::failed && setting.deflate) return events + "failed";
      if (event == Event::close || event == Event::failed) {
        return events + std::to_string(reader.closing().code) + ' ' + reader.closing().reason;
      }
      events.append(reader.payload()) += '\n';
    }
    demand(piece.empty());
    demand(reader.held() <= setting.message_limit);
  }
  return events;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  Setting setting{input.choose(2) == 0 ? 65536u : 16u, {}};
  if (const auto choice = input.choose(3); choice != 0) {
    setting.deflate.emplace();
    setting.deflate->client_keeps_context = choice == 1;
  }
  const auto pieces = fuzz::cut(input);
  const std::string whole = read({input.text()}, setting);
  const std::string cut = read(pieces, setting);
  if (whole != cut) fuzz::fail("the cut changed what was read", whole, cut);
  return 0;
}

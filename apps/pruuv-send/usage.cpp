#include "usage.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/nearest_word.hpp"

namespace pruuv::app {
namespace {

Error wrong(std::string message, std::string hint) {
  return Error{ErrorKind::usage, std::move(message), std::move(hint)};
}

// The program, and the commands that were recognised: `connections`, `set`.
std::vector<const CLI::App*> chain_of(const CLI::App& app) {
  std::vector<const CLI::App*> chain = {&app};
  while (!chain.back()->get_subcommands().empty())
    chain.push_back(chain.back()->get_subcommands().back());
  return chain;
}

// "pruuv-send connections set".
std::string words_of(const std::vector<const CLI::App*>& chain) {
  std::string words;
  for (const CLI::App* app : chain) words += (words.empty() ? "" : " ") + app->get_name();
  return words;
}

std::vector<std::string> flags_of(const std::vector<const CLI::App*>& chain) {
  std::vector<std::string> flags;
  for (const CLI::App* app : chain) {
    for (const CLI::Option* option : app->get_options()) {
      flags.insert(flags.end(), option->get_lnames().begin(), option->get_lnames().end());
    }
  }
  return flags;
}

std::vector<std::string> commands_of(const CLI::App& app) {
  std::vector<std::string> commands;
  for (const CLI::App* one : app.get_subcommands([](const CLI::App*) { return true; }))
    commands.push_back(one->get_name());
  return commands;
}

// Looks like a flag somebody typed, not like a token.
bool is_flag_like(std::string_view name) {
  constexpr std::size_t length_max = 32;
  return name.size() <= length_max && std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || c == '-' || c == '_';
         });
}

Error unknown_flag(const std::vector<const CLI::App*>& chain, std::string_view word) {
  const std::string_view name = word.substr(0, word.find('='));
  const std::string meant = did_you_mean(
      name.substr(std::min(name.find_first_not_of('-'), name.size())), flags_of(chain), "--");
  return wrong(is_flag_like(name) ? fmt::format("there is no flag {}", name)
                                  : std::string("there is no such flag"),
               meant.empty() ? fmt::format("`{} --help` lists the flags", words_of(chain)) : meant);
}

Error unknown_command(const std::vector<const CLI::App*>& chain, std::string_view word) {
  const std::string meant = did_you_mean(word, commands_of(*chain.back()), words_of(chain) + " ");
  return wrong(
      "there is no such command",
      meant.empty() ? fmt::format("`{} --help` lists the commands", words_of(chain)) : meant);
}

// The option an error of CLI11 is about, by the name at the beginning of its text; a command's own
// before the program's.
const CLI::Option* find_option(const std::vector<const CLI::App*>& chain, std::string_view text) {
  constexpr std::string_view conversion = "Could not convert: ";
  if (text.starts_with(conversion)) text.remove_prefix(conversion.size());
  const CLI::Option* found = nullptr;
  for (const CLI::App* app : std::vector<const CLI::App*>(chain.rbegin(), chain.rend())) {
    for (const CLI::Option* option : app->get_options()) {
      const std::string name = option->get_name();
      const bool is_longer = found == nullptr || name.size() > found->get_name().size();
      if (text.starts_with(name) && is_longer) found = option;
    }
  }
  return found;
}

// What its value has to be, of the type CLI11 shows in the help.
std::string expectation_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const std::size_t open = type.find('{');
  if (open != std::string::npos) {
    std::string choices = type.substr(open + 1, type.rfind('}') - open - 1);
    for (std::size_t at = choices.find(','); at != std::string::npos;
         at = choices.find(',', at + 2))
      choices.insert(at + 1, " ");
    return "it is none of " + choices;
  }
  if (type == "FORMAT") return "it is not " + option.get_description();
  if (type.find("POSITIVE") != std::string::npos) return "it is not a whole number from 1 on";
  if (type.find("INT") != std::string::npos) return "it is not a whole number";
  return "it cannot be used";
}

Error wrong_value(const std::vector<const CLI::App*>& chain, const CLI::ParseError& fault) {
  const std::string help = fmt::format("`{} --help` says more", words_of(chain));
  const CLI::Option* option = find_option(chain, fault.what());
  if (option == nullptr) return wrong("the command line cannot be read", help);
  const std::string name = option->get_name();
  if (fault.get_name() != "ArgumentMismatch")
    return wrong(fmt::format("read {}: {}", name, expectation_of(*option)), help);
  return wrong(
      fmt::format("read {}: {}", name,
                  option->count() > 1 ? "it stands there more than once" : "its value is missing"),
      help);
}

// "--a excludes --b" and "--a requires --b": names of flags only.
std::optional<Error> wrong_company(const CLI::ParseError& fault) {
  const std::string_view text = fault.what();
  for (const auto& [between, words] :
       {std::pair<std::string_view, std::string_view>{" excludes ", "{} and {} do not go together"},
        {" requires ", "{} needs {}"}}) {
    const std::size_t at = text.find(between);
    if (at == std::string_view::npos) continue;
    return wrong(
        fmt::format(fmt::runtime(words), text.substr(0, at), text.substr(at + between.size())), "");
  }
  return std::nullopt;
}

Error missing(const std::vector<const CLI::App*>& chain, std::string_view text) {
  const std::string name(text.substr(0, text.find(" is required")));
  if (name != "A subcommand")
    return wrong(fmt::format("{}: {} is missing", words_of(chain), name),
                 fmt::format("`{} --help` says more", words_of(chain)));
  std::string commands;
  for (const std::string& one : commands_of(*chain.back()))
    commands += (commands.empty() ? "" : ", ") + one;
  return wrong(fmt::format("{}: a command is missing", words_of(chain)), "one of " + commands);
}

}  // namespace

Error usage_error(const CLI::App& app, const CLI::ParseError& fault) {
  const auto chain = chain_of(app);
  const auto words = app.remaining(true);
  // First, since a misspelt flag is often why something else is missing.
  for (const std::string& word : words) {
    if (word.size() > 1 && word.front() == '-') return unknown_flag(chain, word);
  }
  if (!words.empty() && !commands_of(*chain.back()).empty())
    return unknown_command(chain, words.front());
  if (dynamic_cast<const CLI::ExtrasError*>(&fault) != nullptr) {
    return wrong(fmt::format("{}: an argument too many", words_of(chain)),
                 fmt::format("`{} --help` says which there are", words_of(chain)));
  }
  if (fault.get_name() == "RequiredError") return missing(chain, fault.what());
  if (fault.get_name() == "ExcludesError" || fault.get_name() == "RequiresError") {
    if (auto error = wrong_company(fault)) return *std::move(error);
  }
  return wrong_value(chain, fault);
}

}  // namespace pruuv::app

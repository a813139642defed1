#include "platforms/google/settings.hpp"

#include "platforms/google/google.hpp"
#include "testing/testing.hpp"

namespace pruuv::platforms::google {
namespace {

Connection with(const std::string& name, const std::string& value) {
  Connection out;
  out.destination = "1234567890";
  out.settings[name] = value;
  return out;
}

TEST_CASE("settings come into Google's spelling") {
  struct Row {
    const char* name;
    const char* written;
    const char* kept;
  };
  for (const Row& row :
       {Row{merchant_id_setting, " 123456 ", "123456"}, Row{feed_country_setting, "uk", "GB"},
        Row{feed_language_setting, "EN", "en"}, Row{user_project_setting, "my-project-1", nullptr},
        Row{user_project_setting, "example.com:shop", nullptr},
        Row{custom_variables_setting, " plan = 1 ,who=x=22", "plan=1,who=x=22"}}) {
    INFO(row.name);
    Connection connection = with(row.name, row.written);
    REQUIRE(check_settings(connection));
    CHECK(setting(connection, row.name) == (row.kept == nullptr ? row.written : row.kept));
  }
}

TEST_CASE("settings that cannot be right are refused, by both APIs, naming the setting") {
  struct Row {
    const char* name;
    const char* written;
  };
  for (const Row& row :
       {Row{merchant_id_setting, "12a"}, Row{merchant_id_setting, "1234567890123456789"},
        Row{feed_country_setting, "DEU"}, Row{feed_country_setting, "D1"},
        Row{feed_language_setting, "deutsch"}, Row{user_project_setting, "a b"},
        Row{user_project_setting, "a\r\nX-Evil: 1"}, Row{user_project_setting, "Upper"},
        Row{custom_variables_setting, "plan"}, Row{custom_variables_setting, "plan=x"},
        Row{custom_variables_setting, "=1"}, Row{custom_variables_setting, "plan=1,"},
        Row{custom_variables_setting, "plan=1,plan=2"}}) {
    INFO(row.name << " " << row.written);
    for (const Platform* adapter : {&google_ads, &data_manager}) {
      Connection connection = with(row.name, row.written);
      const auto checked = adapter->check_connection(connection);
      REQUIRE_FALSE(checked);
      CHECK(checked.error().kind == ErrorKind::config);
      CHECK(checked.error().message.starts_with("check " + std::string(row.name) + ": "));
      CHECK_FALSE(checked.error().hint.empty());
    }
  }
}

TEST_CASE("ids of custom variables by their names") {
  Connection connection = with(custom_variables_setting, "plan = 1,a=b=22");
  REQUIRE(check_settings(connection));
  const auto ids = custom_variable_ids(connection);
  REQUIRE(ids.size() == 2);
  CHECK(ids.at("plan") == "1");
  CHECK(ids.at("a=b") == "22");
  CHECK(custom_variable_ids(Connection()).empty());
}

}  // namespace
}  // namespace pruuv::platforms::google

#pragma once

#include <array>
#include <map>
#include <string>

#include "base/result.hpp"
#include "model/connection.hpp"
#include "platforms/consent.hpp"
#include "platforms/platform.hpp"

// The settings that only connections to Google have. Both APIs take most of them, so that a
// connection can change its api and keep them.
namespace pruuv::platforms::google {

inline constexpr const char* denied_consent_setting = "google.denied_consent";
inline constexpr const char* user_project_setting = "google.user_project";
inline constexpr const char* merchant_id_setting = "google.merchant_id";
inline constexpr const char* feed_country_setting = "google.feed_country";
inline constexpr const char* feed_language_setting = "google.feed_language";
inline constexpr const char* ip_setting = "google.ip";
inline constexpr const char* session_attributes_setting = "google.session_attributes";
inline constexpr const char* custom_variables_setting = "google.custom_variables";

inline constexpr std::array<std::string_view, 2> ip_choices = {"skip", "outside_eea"};
inline constexpr std::array<std::string_view, 2> session_attributes_choices = {"skip", "send"};

namespace spec {
inline constexpr SettingSpec denied_consent{
    denied_consent_setting,
    "send = an event of a denied consent goes with its click id, said to be denied, and without "
    "anything that identifies the person",
    denied_consent_choices};
inline constexpr SettingSpec user_project{
    user_project_setting,
    "the Google Cloud project whose quota counts; only for a user credential of another project"};
inline constexpr SettingSpec merchant_id{
    merchant_id_setting,
    "the Merchant Center account of the products: with it the event's contents go as cart data"};
inline constexpr SettingSpec feed_country{
    feed_country_setting, "the country of the Merchant Center feed, two letters: DE"};
inline constexpr SettingSpec feed_language{
    feed_language_setting, "the language of the Merchant Center feed, two letters: de"};
inline constexpr SettingSpec ip{
    ip_setting,
    "outside_eea = send the visitor's IP address and user agent where the event's country is known "
    "and is none of the EEA, the UK and Switzerland",
    ip_choices};
inline constexpr SettingSpec session_attributes{
    session_attributes_setting,
    "send = session attributes go over the Google Ads API, too, which few accounts may; Data "
    "Manager always gets them",
    session_attributes_choices};
inline constexpr SettingSpec custom_variables{
    custom_variables_setting,
    "the ids of custom variables, which the Google Ads API wants: \"plan=123,branch=456\"; Data "
    "Manager knows them by name"};
}  // namespace spec

inline constexpr std::array google_ads_settings = {
    spec::denied_consent,     spec::user_project,     spec::merchant_id,  spec::feed_country,
    spec::session_attributes, spec::custom_variables, spec::feed_language};
inline constexpr std::array data_manager_settings = {spec::denied_consent, spec::user_project,
                                                     spec::merchant_id,    spec::feed_country,
                                                     spec::feed_language,  spec::ip};

// Brings the settings into Google's spelling ("uk" -> "GB") and refuses those that cannot be right
// (kind config, naming the setting).
[[nodiscard]] Result<void> check_settings(Connection& connection);

// google.custom_variables read: the name of a variable -> its id. Right after check_settings.
[[nodiscard]] std::map<std::string, std::string, std::less<>> custom_variable_ids(
    const Connection& connection);

}  // namespace pruuv::platforms::google

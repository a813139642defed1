#include "testing/testing.hpp"

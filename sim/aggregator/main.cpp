#include "sim/aggregator/program.h"

int main(int argc, char** argv) { return splitproof::sim::aggregator_main(argc, argv, {}); }

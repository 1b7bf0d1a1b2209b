package river_test

const workerDatabase = "SHELFLIFE_TEST_RIVER"

func work() {}

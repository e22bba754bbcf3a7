throw new Error("a test file is no route");

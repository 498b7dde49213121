#!./xnn_executor_runner

System.Console.WriteLine("fasterseg-profiler");

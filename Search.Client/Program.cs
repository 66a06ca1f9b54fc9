System.Console.WriteLine("fasterseg");

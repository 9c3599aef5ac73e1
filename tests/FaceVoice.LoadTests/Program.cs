Console.Error.WriteLine("usage: FaceVoice.LoadTests HOST:PORT");
return 2;

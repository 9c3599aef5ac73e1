using FaceVoice.LoadTests;

if (args is ["--help" or "-h"] || !LoadOptions.TryParse(args, out var options))
{
    Console.Error.WriteLine(LoadOptions.Usage);
    return args is ["--help" or "-h"] ? 0 : 2;
}

return await (options.Against is null ? LoadRun.RunAsync(options, Console.Out) : BuildComparison.RunAsync(options, Console.Out)) ? 0 : 1;

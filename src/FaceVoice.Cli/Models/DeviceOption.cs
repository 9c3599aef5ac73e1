using System.CommandLine;
using FaceVoice.Cli.Terminal;
using FaceVoice.Models.Sessions;

namespace FaceVoice.Cli.Models;

/// <summary>The option that says where networks run, the same in every command.</summary>
internal static class DeviceOption
{
    public const string Description = "Where the encoders run. auto: on CUDA where it can be used, else on the processor. Default: auto.";

    public static Option<string> Create()
    {
        var option = new Option<string>("--device") { Description = Description, HelpName = "auto|cpu|cuda", DefaultValueFactory = _ => "auto" };
        option.AcceptOnlyFromAmong("auto", "cpu", "cuda");
        return option;
    }

    /// <summary>The wish; CUDA where it cannot be used is wrong usage, before anything is done.</summary>
    public static ExecutionDevice Read(ParseResult parsed, Option<string> option)
    {
        var wish = Enum.Parse<ExecutionDevice>(parsed.GetValue(option)!, ignoreCase: true);
        try
        {
            _ = CudaSupport.Resolve(wish);
            return wish;
        }
        catch (DeviceUnavailableException error)
        {
            throw new UsageException(error.Message);
        }
    }

    /// <summary>Tells where the encoders run now: to a person, and wherever it is not the processor, which needs no telling.</summary>
    public static void Report(ExecutionDevice device)
    {
        if (device != ExecutionDevice.Cpu || !Console.IsErrorRedirected)
        {
            Console.Error.WriteLine($"device: {CudaSupport.Describe(device)}");
        }
    }
}

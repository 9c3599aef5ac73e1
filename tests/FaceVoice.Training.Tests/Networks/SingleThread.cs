using System.Runtime.CompilerServices;

namespace FaceVoice.Training.Tests.Networks;

/// <summary>One thread for all tests: the tensors are tiny, and on a busy machine handing work to a second thread costs more than the work.</summary>
internal static class SingleThread
{
    [ModuleInitializer]
    internal static void Set()
    {
        LibTorch.Load();
        set_num_threads(1);
    }
}

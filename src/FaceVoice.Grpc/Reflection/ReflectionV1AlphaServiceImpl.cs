using Google.Protobuf;
using Grpc.Core;
using Alpha = Grpc.Reflection.V1Alpha;

namespace Grpc.Reflection;

/// <summary>The reflection service under its older name, which many tools still ask for; the messages are the same on the wire. Thread-safe.</summary>
public class ReflectionV1AlphaServiceImpl : Alpha.ServerReflection.ServerReflectionBase
{
    private readonly ReflectionServiceImpl _current;

    /// <summary>Makes a service that answers as <paramref name="current"/> does.</summary>
    public ReflectionV1AlphaServiceImpl(ReflectionServiceImpl current)
    {
        ArgumentNullException.ThrowIfNull(current);
        _current = current;
    }

    /// <inheritdoc/>
    public override async Task ServerReflectionInfo(
        IAsyncStreamReader<Alpha.ServerReflectionRequest> requestStream,
        IServerStreamWriter<Alpha.ServerReflectionResponse> responseStream,
        ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(requestStream);
        ArgumentNullException.ThrowIfNull(responseStream);
        ArgumentNullException.ThrowIfNull(context);
        while (await requestStream.MoveNext(context.CancellationToken).ConfigureAwait(false))
        {
            var request = V1.ServerReflectionRequest.Parser.ParseFrom(requestStream.Current.ToByteString());
            await responseStream.WriteAsync(Alpha.ServerReflectionResponse.Parser.ParseFrom(_current.Answer(request).ToByteString())).ConfigureAwait(false);
        }
    }
}

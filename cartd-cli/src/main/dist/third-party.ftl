The libraries in lib/ and their licences. If a library has several licences, you may choose any of them. The page of
each library leads to its source code.

The texts are in licences/: a jar that has its own texts and notices has a directory of its name there. For the others,
LICENSE is Apache-2.0, licences/EPL-2.0.md is EPL-2.0, licences/JLine.txt is the licence of jline-*,
licences/progressbar.txt that of progressbar, and licences/reactive-streams.txt that of reactive-streams.

<#list dependencyMap as entry>
<#assign jar = entry.getKey()>
<#if jar.groupId != "dev.cartd">
${jar.artifactId}-${jar.version}.jar: ${entry.getValue()?join(" or ")} (${jar.url!"no page"})
</#if>
</#list>
